# Build and run, on this machine's port 8000 alone:
#   docker build --tag perceptarium . && docker run --rm --publish 127.0.0.1:8000:8000 perceptarium
#
# The server in the container listens on every address of the container; who reaches it is decided
# by --publish. It answers to localhost and to bare addresses; a name by which visitors come must
# be allowed: --env PERCEPTARIUM_ALLOWED_HOSTS=lab.example,lab
# MNIST from a folder: --volume /path/to/mnist:/data:ro --env PERCEPTARIUM_DATA_DIR=/data
FROM python:3.13-slim

WORKDIR /build
COPY pyproject.toml README.md LICENSE ./
COPY app ./app
COPY engine ./engine
COPY static ./static
COPY templates ./templates
RUN pip install --no-cache-dir . && useradd --system --no-create-home perceptarium

WORKDIR /
USER perceptarium
ENV PERCEPTARIUM_HOST=0.0.0.0 \
    PERCEPTARIUM_PORT=8000 \
    PERCEPTARIUM_OPEN=false \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PERCEPTARIUM_PORT'] + '/healthz', timeout=3)"]
CMD ["perceptarium"]
