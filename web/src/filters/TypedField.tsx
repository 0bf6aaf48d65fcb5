import "@mantine/core/styles/Input.css";
import { TextInput, type TextInputProps } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useRef } from "react";

const TYPING_MS = 300;

interface TypedFieldProps extends Omit<TextInputProps, "value" | "defaultValue" | "onChange" | "ref"> {
  /** As it stands in the address. */
  value: string | undefined;
  /** Hears the text when typing rests. */
  onType(text: string): void;
}

/** A text to look for, which the address keeps. */
export function TypedField({ value, onType, ...field }: TypedFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const type = useDebouncedCallback(onType, TYPING_MS);
  // The address may change by itself (back, forward, "show all"): the field follows, unless somebody types in it.
  useEffect(() => {
    if (input.current && document.activeElement !== input.current) input.current.value = value ?? "";
  }, [value]);
  return (
    <TextInput {...field} ref={input} defaultValue={value} onChange={(event) => type(event.currentTarget.value)} />
  );
}
