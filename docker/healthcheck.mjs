// Whether the process of this container is ready: ends with 0 or 1, as Docker's HEALTHCHECK wants it.
const ready = await fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(
  (answer) => answer.ok,
  () => false,
);
process.exit(ready ? 0 : 1);
