# The platform's image: Airflow, dbt, Splink, Great Expectations and our packages in one environment.
FROM python:3.11-slim AS environment
# A folder of its own, so that the second stage takes the environment and leaves pip's leftovers behind.
RUN python -m venv /opt/environment
COPY requirements/server.txt /tmp/server.txt
# Only what was locked and hashed is installed.
RUN /opt/environment/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/server.txt

FROM python:3.11-slim
ENV PATH=/opt/environment/bin:$PATH \
    PYTHONPATH=/opt/doudi:/opt/doudi/dags \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LANG=C.UTF-8 \
    AIRFLOW_HOME=/opt/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/doudi/dags \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False \
    DBT_SEND_ANONYMOUS_USAGE_STATS=false \
    GX_ANALYTICS_ENABLED=false \
    SCARF_ANALYTICS=false \
    DO_NOT_TRACK=1 \
    DOUDI_INBOX=/data/inbox \
    DOUDI_HOME=/data/home

# The platform runs as a person without rights; its folders are made here, so that new volumes belong to it.
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin doudi \
    && mkdir -p /opt/airflow/logs /opt/airflow/passwords /data/inbox /data/home/release \
    && chown -R doudi:doudi /opt/airflow /data
COPY --from=environment /opt/environment /opt/environment

WORKDIR /opt/doudi
COPY warehouse ./warehouse
COPY linkage ./linkage
COPY expectations ./expectations
COPY console ./console
COPY dags ./dags
COPY dbt_project ./dbt_project
COPY --chmod=755 docker/init-airflow docker/is-healthy ./
COPY --chmod=755 docker/doudi /usr/local/bin/doudi

# Compiled once here: the person who runs it may not write beside the code.
RUN python -m compileall -q warehouse linkage expectations console dags

USER doudi
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=15s --start-period=60s --retries=5 \
    CMD ["/opt/doudi/is-healthy", "http://127.0.0.1:8080/api/v2/monitor/health"]
CMD ["airflow", "api-server"]
