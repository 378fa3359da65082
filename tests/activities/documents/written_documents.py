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
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = [
        shutil.which("soffice"),
        "--headless",
        "--norestore",
        profile,
        "--convert-to",
        "pdf",
        "--outdir",
        folder,
        path,
    ]
    subprocess.run([str(part) for part in convert], check=True, capture_output=True, timeout=120)
    read = [str(shutil.which("pdftotext")), str(folder / f"{path.stem}.pdf"), "-"]
    return subprocess.run(read, check=True, capture_output=True, timeout=60).stdout.decode()


def words_of(content: bytes) -> str:
    """Everything that stands in the body of the docx."""
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)
