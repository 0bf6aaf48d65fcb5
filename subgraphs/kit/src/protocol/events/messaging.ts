/** What messaging says. */
export interface MessagingEvents {
  /** messaging → accounts: whether one-time codes can go out by a channel. Aggregate: the operator's organisation. */
  "codeChannel.changed": CodeChannelChange;
}

export interface CodeChannelChange {
  channel: "WHATSAPP";
  isReady: boolean;
}
