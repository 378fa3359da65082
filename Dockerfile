# kantadesk from the lock: every package by its hash; the tools that build and test stay behind in the first stage.
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements.lock pyproject.toml ./
RUN python -m venv /opt/tools && /opt/tools/bin/pip install --require-hashes -r requirements.lock
# The lock holds the developers' packages too: what runs is the part of it that pyproject.toml's dependencies need.
RUN /opt/tools/bin/uv pip compile pyproject.toml --constraints requirements.lock --universal --python-version 3.11 \
        --generate-hashes --quiet --output-file runtime.lock \
 && python -m venv /opt/kantadesk \
 && /opt/kantadesk/bin/pip install --require-hashes -r runtime.lock
COPY README.md LICENSE hatch_build.py ./
COPY workflows ./workflows
COPY activities ./activities
COPY workers ./workers
COPY starter ./starter
# docker build --build-arg COMMIT=$(git rev-parse HEAD): the image is not built from a checkout and can't ask git.
ARG COMMIT=
RUN KANTADESK_COMMIT=$COMMIT /opt/tools/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheel . \
 && /opt/kantadesk/bin/pip install --no-deps /wheel/*.whl

FROM python:3.11-slim-bookworm
# Entered by whoever runs the container (compose: the owner of the files), also where nothing is mounted over it.
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin kantadesk \
 && install -d -o kantadesk -g kantadesk -m 0755 /var/lib/kantadesk
COPY --from=build /opt/kantadesk /opt/kantadesk
ENV PATH=/opt/kantadesk/bin:$PATH KANTADESK_DATA_DIR=/var/lib/kantadesk PYTHONUNBUFFERED=1
USER kantadesk
WORKDIR /var/lib/kantadesk
ENTRYPOINT ["kantadesk"]
CMD ["worker"]
