import "@mantine/core/styles/Input.css";
import { useMutation } from "@apollo/client/react";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { fieldProblemsOf } from "../api/problems.js";
import { serverNow } from "../api/server.js";
import { useServices } from "../app/services-context.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { type ProfileFieldsFragment, UpdateProfileDocument } from "../gql/graphql.js";
import classes from "./Profile.module.css";
import { localeChoices, sampleOf, timeZoneChoices } from "./regions.js";

type FieldErrors = Partial<Record<string, string>>;

const USUAL = { locale: "en-ZA", timeZone: "Africa/Johannesburg" };

/** Name, phone, language and time zone; saved together, refused field by field. */
export function ProfileForm({ profile }: { profile: ProfileFieldsFragment }) {
  const { refresh } = useServices();
  const [update] = useMutation(UpdateProfileDocument);
  const [wish, setWish] = useState(() => wishOf(profile));
  const [errors, setErrors] = useState<FieldErrors>({});
  const [saved, setSaved] = useState(false);
  const action = useAction();

  const change = (part: Partial<typeof wish>) => {
    setWish({ ...wish, ...part });
    setErrors({});
    setSaved(false);
  };

  const submit = async () => {
    const missing = missingIn(wish);
    setErrors(missing);
    if (Object.keys(missing).length > 0) return null;
    const input = { ...wish, phone: phoneOf(wish.phone) };
    const answer = await update({ variables: { input } }).catch((error: unknown) => {
      // A value that has not even the form of its kind is refused before anybody looks at it.
      const fields = fieldProblemsOf(error);
      if (fields.length === 0) throw error;
      setErrors(byField(fields));
      return null;
    });
    const result = answer?.data?.updateProfile;
    if (result?.__typename === "User") {
      setWish(wishOf(result));
      setSaved(true);
      refresh();
      return null;
    }
    if (result?.__typename === "InvalidInputProblem") {
      setErrors(byField(result.fields));
      return null;
    }
    return answer === null ? null : (result?.message ?? NO_ANSWER);
  };

  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        action.run(submit);
      }}
    >
      <TextInput
        label="Name"
        autoComplete="name"
        maxLength={120}
        value={wish.displayName}
        onChange={(event) => change({ displayName: event.currentTarget.value })}
        error={errors["displayName"]}
      />
      <TextInput
        label="Phone"
        description="With the country's code, such as +27 82 123 4567. Codes to sign in can come by WhatsApp then. May be empty."
        type="tel"
        autoComplete="tel"
        value={wish.phone}
        onChange={(event) => change({ phone: event.currentTarget.value })}
        error={errors["phone"]}
      />
      <NativeSelect
        label="Language and region"
        description="How amounts, dates and times are written for you."
        data={localeChoices(profile.locale ?? null)}
        value={wish.locale}
        onChange={(event) => change({ locale: event.currentTarget.value })}
        error={errors["locale"]}
      />
      <NativeSelect
        label="Time zone"
        data={timeZoneChoices(profile.timeZone ?? null)}
        value={wish.timeZone}
        onChange={(event) => change({ timeZone: event.currentTarget.value })}
        error={errors["timeZone"]}
      />
      <p className="dimmed">{sampleOf(wish.locale, wish.timeZone, new Date(serverNow()))}</p>
      <ProblemText>{action.problem}</ProblemText>
      <div className={classes.row}>
        <Button type="submit" loading={action.busy}>
          Save
        </Button>
        <span role="status">
          {saved && (
            <span className={classes.done}>
              <IconCheck size={16} stroke={2} aria-hidden /> Saved
            </span>
          )}
        </span>
      </div>
    </form>
  );
}

function wishOf({ displayName, phone, locale, timeZone }: ProfileFieldsFragment) {
  return {
    displayName,
    phone: phone ?? "",
    locale: locale ?? USUAL.locale,
    timeZone: timeZone ?? USUAL.timeZone,
  };
}

/** As the server keeps it: without what people put between the digits; null for none. */
function phoneOf(typed: string): string | null {
  const digits = typed.replace(/[\s().-]/g, "").replace(/^00/, "+");
  return digits === "" ? null : digits;
}

function missingIn(wish: { displayName: string; phone: string }): FieldErrors {
  const phone = phoneOf(wish.phone);
  return {
    ...(wish.displayName.trim() === "" && { displayName: "Enter your name." }),
    ...(phone !== null &&
      !/^\+[1-9]\d{9,14}$/.test(phone) && { phone: "Begin with + and the country's code, such as +27 82 123 4567." }),
  };
}

function byField(fields: readonly { path: readonly string[]; message: string }[]): FieldErrors {
  return Object.fromEntries(fields.map(({ path, message }) => [path.at(-1) ?? "", message]));
}
