import type { Design, Letter } from "../letter.js";

const device = ({ fact }: Letter): string => `${fact("device", "an unknown device")}, ${fact("address", "unknown")}`;

/** Mails about who somebody is here: signing in, addresses, invitations, one's own data. */
export const PEOPLE_DESIGNS = {
  SIGN_IN_CODE: {
    secret: "code",
    write: ({ secret, ends }) => ({
      subject: "Your Tollgate sign-in code",
      happened: ["Somebody, most likely you, is signing in with your password. Enter this code to go on."],
      code: secret,
      terms: [`It expires ${ends}, and works once.`],
      otherwise:
        "If you did not try to sign in, somebody else knows your password: change it, and give this code to nobody.",
    }),
  },
  PASSWORD_RESET: {
    secret: "token",
    write: (letter) => ({
      subject: "Choose a new Tollgate password",
      happened: [`Somebody, most likely you, asked to reset your password (${device(letter)}).`],
      action: { label: "Choose a new password", path: "/reset-password", token: letter.secret },
      terms: [`The link expires ${letter.ends}, and works once. Until you use it, your password stays as it is.`],
      otherwise: "If you did not ask for this, do nothing: your password is safe, and the link ends by itself.",
    }),
  },
  PASSWORD_CHANGED: {
    secret: null,
    write: (letter) => ({
      subject: "Your Tollgate password was changed",
      happened: [
        `Your password was changed on ${letter.time("at")} (${device(letter)}).`,
        "Other devices were signed out.",
      ],
      terms: [],
      action: { label: "It was not me: reset my password", path: "/reset-password" },
      otherwise:
        "If that was you, there is nothing to do. If it was not, reset your password at once, and tell whoever manages your organisation.",
    }),
  },
  EMAIL_CHANGE: {
    secret: "token",
    write: (letter) => ({
      subject: "Confirm your new e-mail address",
      happened: ["You asked to use this address to sign in to Tollgate."],
      action: { label: "Use this address", path: "/verify-email", token: letter.secret },
      terms: [`The link expires ${letter.ends}, and works once. Until you open it, your old address stays in use.`],
      otherwise: "If you did not ask for this, somebody mistyped an address: do nothing, and it stays unused.",
    }),
  },
  EMAIL_CHANGED: {
    secret: null,
    write: (letter) => ({
      subject: "Your Tollgate e-mail address was changed",
      happened: [
        `On ${letter.time("at")} your e-mail address was changed to ${letter.fact("newEmail", "another one")} (${device(letter)}).`,
        "Mails from Tollgate go there from now on, and you sign in with it.",
      ],
      terms: [],
      otherwise:
        "If that was not you, somebody else is using your account: tell whoever manages your organisation at once, so that they lock it and give it back to you.",
    }),
  },
  EMAIL_VERIFICATION: {
    secret: "token",
    write: (letter) => ({
      subject: "Welcome to Tollgate: confirm your e-mail address",
      happened: ["Your account is almost ready. Confirm that this address is yours."],
      action: { label: "Confirm my address", path: "/verify-email", token: letter.secret },
      terms: [`The link expires ${letter.ends}, and works once.`],
      otherwise: "If you did not sign up, do nothing: without this link the account is removed by itself.",
    }),
  },
  SIGN_UP_TAKEN: {
    secret: null,
    write: ({ fact }) => ({
      subject: "You have a Tollgate account already",
      happened: [
        fact("wanted", "") === "EMAIL_CHANGE"
          ? "Somebody tried to use this address for another account. It has an account already, so nothing came of it."
          : "Somebody, most likely you, tried to sign up with this address. It has an account already.",
      ],
      action: { label: "Sign in", path: "/sign-in" },
      terms: ["If you forgot your password, choose “Forgot your password?” on that page."],
      otherwise: "If it was not you, there is nothing to do: nothing was changed.",
    }),
  },
  INVITATION: {
    secret: "token",
    write: (letter) => {
      const organisation = letter.fact("organisationName", "an organisation");
      const by = letter.fact("invitedByName", "Somebody");
      const roles = letter.fact("roleNames", "");
      return {
        subject: `${by} invites you to ${organisation}`,
        happened: [`${by} invites you to work with ${organisation} on Tollgate${roles === "" ? "" : `, as ${roles}`}.`],
        action: { label: "Accept the invitation", path: "/accept-invitation", token: letter.secret },
        terms: [`The invitation expires ${letter.ends}, and works once.`],
        otherwise: "If you do not know them, do nothing: without you, nothing comes of it.",
      };
    },
  },
  FACTOR_CHANGED: {
    secret: null,
    write: (letter) => ({
      subject: "The way you sign in to Tollgate was changed",
      happened: [
        `On ${letter.time("at")} something about your second factor was changed: ${letter.fact("what", "see your security page")}.`,
        letter.fact("by", "") === "MANAGER" ? "You were signed out everywhere." : `It was done from ${device(letter)}.`,
      ],
      action: { label: "Look at my security", path: "/security" },
      terms: [],
      otherwise:
        letter.fact("by", "") === "MANAGER"
          ? "If you did not ask for it, tell whoever manages your organisation at once, and reset your password."
          : "If that was not you, reset your password at once, and tell whoever manages your organisation.",
    }),
  },
  DATA_EXPORT_READY: {
    secret: null,
    write: (letter) => ({
      subject: "Your data is ready to download",
      happened: ["The archive of everything that Tollgate keeps about you is ready."],
      action: { label: "Go to my profile", path: "/profile" },
      terms: [letter.ends === "" ? "Sign in to download it." : `Sign in to download it; it is removed ${letter.ends}.`],
      otherwise: "If you did not ask for it, change your password: somebody else is signed in as you.",
    }),
  },
  DATA_ERASED: {
    secret: null,
    write: (letter) => ({
      subject: "Your data was erased",
      happened: [
        `Your account at ${letter.fact("organisationName", "your organisation")} was erased, with everything that Tollgate kept about you.`,
        "Books, invoices and the audit trail stay, as the law requires, without your name. This is the last mail you get.",
      ],
      terms: [],
      otherwise: "If you did not expect this, ask whoever manages your organisation: it cannot be undone.",
    }),
  },
} satisfies Record<string, Design>;
