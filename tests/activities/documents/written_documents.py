"""Documents as they lie in a folder, and as a reader sees them in LibreOffice."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import docx


def files_in(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


def pdf_text(path: Path, folder: Path) -> str:
    """What a reader sees of the document as LibreOffice shows it; each page ends with a form feed."""
    return pdf_texts([path], folder)[0]


def pdf_texts(paths: list[Path], folder: Path) -> list[str]:
    """The same of several documents, by one start of LibreOffice."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = [
        *(shutil.which("soffice"), "--headless", "--norestore", profile),
        *("--convert-to", "pdf", "--outdir", folder, *paths),
    ]
    subprocess.run([str(part) for part in convert], check=True, capture_output=True, timeout=120)
    return [_read(folder / f"{path.stem}.pdf") for path in paths]


def _read(pdf: Path) -> str:
    read = [str(shutil.which("pdftotext")), str(pdf), "-"]
    return subprocess.run(read, check=True, capture_output=True, timeout=60).stdout.decode()


def words_of(content: bytes) -> str:
    """Everything that stands in the body of the docx."""
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)
