import { escapeHtml } from "./escape.js";
import type { MailboxMessage } from "./mailbox.js";

const REFRESH_SECONDS = 4;

const STYLE = `
:root { color-scheme: light dark; --ground: #eef5f4; --card: #fff; --line: #d5e5e3; --text: #16302e; --quiet: #5f7775; --accent: #0f766e; --code: #f0faf8; }
@media (prefers-color-scheme: dark) { :root { --ground: #0b1716; --card: #122220; --line: #22403c; --text: #e2efed; --quiet: #93aeab; --accent: #5eead4; --code: #0f2b28; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { margin: 0; font-size: 1.5rem; } h1 a { text-decoration: none; }
.about { margin: .25rem 0 1.25rem; color: var(--quiet); font-size: .9rem; }
article { margin-bottom: .75rem; padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--card); overflow-wrap: anywhere; }
article.newest { border-color: var(--accent); }
h2 { margin: 0; font-size: 1rem; } a { color: inherit; }
.facts { margin: 0; color: var(--quiet); font-size: .875rem; }
.code { margin: .75rem 0 0; padding: .5rem 1rem; border-radius: .5rem; background: var(--code); color: var(--accent); font: 700 1.25rem/1.4 ui-monospace, Menlo, Consolas, monospace; letter-spacing: .2em; text-align: center; user-select: all; }
.link { margin: .5rem 0 0; font-size: .875rem; } .link a { color: var(--accent); }
.newest .code { font-size: 2.25rem; }
.empty { padding: 3rem 1rem; border: 1px dashed var(--line); border-radius: .75rem; color: var(--quiet); text-align: center; }
`;

const ago = (at: Date, now: Date): string => {
  const seconds = Math.max(0, Math.round((now.getTime() - at.getTime()) / 1_000));
  if (seconds < 10) return "just now";
  if (seconds < 60) return `${seconds} seconds ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return minutes === 1 ? "a minute ago" : `${minutes} minutes ago`;
  const hours = Math.floor(minutes / 60);
  return hours === 1 ? "an hour ago" : `${hours} hours ago`;
};

const card = (message: MailboxMessage, index: number, now: Date): string => `
<article${index === 0 ? ' class="newest"' : ""}>
<h2><a href="/mailbox/message?id=${message.id}">${escapeHtml(message.subject)}</a></h2>
<p class="facts">to <a href="/mailbox?to=${encodeURIComponent(message.to)}">${escapeHtml(message.to)}</a> · <time datetime="${message.sentAt.toISOString()}">${ago(message.sentAt, now)}</time></p>
${message.code === null ? "" : `<p class="code">${escapeHtml(message.code)}</p>`}${message.link === null ? "" : `<p class="link"><a href="${escapeHtml(message.link)}">${escapeHtml(message.link)}</a></p>`}
</article>`;

/** The mailbox as a page without scripts, which reloads itself. */
export const mailboxPage = (messages: readonly MailboxMessage[], to: string, now: Date): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<title>Mailbox · Tollgate</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1><a href="/mailbox">Mailbox</a></h1>
<p class="about">What Tollgate would have sent by e-mail: no mail server is configured. Newest first; the page reloads by itself.</p>
${to === "" ? "" : `<p class="about">Only mail to <strong>${escapeHtml(to)}</strong> · <a href="/mailbox">show all</a></p>`}
${messages.map((message, index) => card(message, index, now)).join("") || '<p class="empty">Nothing yet. Codes and links appear here as soon as somebody asks for one.</p>'}
</main>
</body>
</html>`;
