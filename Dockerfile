# One image for web, worker, beat and migrations; which of them it is, docker-compose.yml says.
FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=backend.config.settings.production
WORKDIR /app

COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt \
    && useradd --system --uid 10001 --no-create-home chibo \
    && install -d -o 10001 -m 700 /scans

COPY --chown=root:root . .
RUN CHIBO_LANGUAGE=en scripts/assets.sh && rm -rf backend/web/assets/node_modules
# The two commands below connect to nothing; the addresses only keep embedded servers from being started.
RUN export DATABASE_URL=postgresql://build@localhost/build REDIS_URL=redis://localhost CHIBO_PUBLIC_URL=http://localhost \
        CHIBO_FIELD_KEYS="$(head -c 32 /dev/urandom | base64 --wrap 0 | tr '+/' '-_')" \
        CHIBO_INDEX_KEY="$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')" \
        SECRET_KEY="$(head -c 64 /dev/urandom | base64 --wrap 0)" \
    && python manage.py compile_locale \
    && python manage.py collectstatic --no-input --verbosity 0

USER 10001
EXPOSE 8000
CMD ["gunicorn", "backend.config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
