# Builds the wheel, with the browser files in it.
FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY locks/ locks/
RUN pip install --no-cache-dir --require-hashes -r locks/server.txt \
 && pip install --no-cache-dir --require-hashes -r locks/browser.txt
COPY . .
RUN python scripts/browser_files.py \
 && pip wheel --no-deps --no-build-isolation --no-index --wheel-dir /wheel .

# Runs it: no npm, no source tree, not as root.
FROM python:3.13-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HUB_HOST=0.0.0.0 HUB_DATA_DIR=/data
COPY locks/server.txt /tmp/server.txt
RUN pip install --no-cache-dir --require-hashes -r /tmp/server.txt && rm /tmp/server.txt
COPY --from=build /wheel/ /tmp/wheel/
RUN pip install --no-cache-dir --no-deps --no-index /tmp/wheel/*.whl && rm -r /tmp/wheel \
 && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin hub \
 && install --directory --owner=10001 --group=10001 /data
USER 10001
WORKDIR /data
EXPOSE 8000
ENTRYPOINT ["plp-hub"]
CMD ["web"]
