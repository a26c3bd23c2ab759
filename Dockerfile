# An emulated pair of QKD transceivers, alone in a container:
#
#   docker build -t qkdlink-emulator .
#   docker run --rm -p 5525:5525 -p 5526:5526 -p 1502:1502 -p 1503:1503 qkdlink-emulator
#
# Another command replaces the last line, for example `docker run ... qkdlink-emulator emulate --help`.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The packages need no install scripts here: their addons are prebuilt, and Node.js is in the image.
RUN npm ci --ignore-scripts
COPY . .
RUN node scripts/build.mjs && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# Not root, and a number, so that an orchestrator can see it.
USER 1000:1000
# Alice and Bob, their Modbus telemetry, and the control port for tests.
EXPOSE 5525 5526 1502 1503 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/state').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["emulate", \
  "--alice", "tcp://0.0.0.0:5525", "--alice", "modbus+tcp://0.0.0.0:1502", \
  "--bob", "tcp://0.0.0.0:5526", "--bob", "modbus+tcp://0.0.0.0:1503", \
  "--control", "tcp://0.0.0.0:8080"]
