import { createServer, type Socket } from "node:net";

/** A mail as the server took it. */
export interface ReceivedMail {
  from: string;
  to: string;
  data: string;
}

/** An SMTP server of the tests: the real protocol, without TLS, on loopback. */
export interface SmtpServer {
  url: string;
  received: ReceivedMail[];
  /** Answers to the next recipients, such as `451 later`; afterwards all are welcome. */
  refuse(...answers: string[]): void;
  close(): Promise<void>;
}

const addressIn = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? "";

const converse = (socket: Socket, received: ReceivedMail[], refusals: string[]): void => {
  let mail: ReceivedMail = { from: "", to: "", data: "" };
  let pending = "";
  let inData = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  const hear = (line: string) => {
    if (inData && line !== ".") {
      mail.data += `${line}\n`;
    } else if (inData) {
      inData = false;
      received.push(mail);
      mail = { from: "", to: "", data: "" };
      say("250 taken");
    } else if (/^(EHLO|HELO|RSET|NOOP)/i.test(line)) {
      say("250 tests");
    } else if (/^MAIL FROM:/i.test(line)) {
      mail.from = addressIn(line);
      say("250 ok");
    } else if (/^RCPT TO:/i.test(line)) {
      mail.to = addressIn(line);
      say(refusals.shift() ?? "250 ok");
    } else if (/^DATA/i.test(line)) {
      inData = true;
      say("354 go on");
    } else if (/^QUIT/i.test(line)) {
      socket.end("221 bye\r\n");
    } else {
      say("502 unknown");
    }
  };
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    const lines = `${pending}${chunk}`.split("\r\n");
    pending = lines.pop() ?? "";
    for (const line of lines) hear(line);
  });
  say("220 tests");
};

export const startSmtpServer = async (): Promise<SmtpServer> => {
  const received: ReceivedMail[] = [];
  const refusals: string[] = [];
  const server = createServer((socket) => converse(socket, received, refusals));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    received,
    refuse: (...answers) => void refusals.push(...answers),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
};
