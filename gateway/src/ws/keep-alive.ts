import type { WebSocket } from "ws";

/** Pings a client regularly and cuts it off when it does not answer before the next ping; returns how to stop. */
export function keepAlive(socket: WebSocket, milliseconds: number): () => void {
  let answered = true;
  socket.on("pong", () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, milliseconds);
  timer.unref();
  return () => clearInterval(timer);
}
