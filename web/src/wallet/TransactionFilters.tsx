import "@mantine/core/styles/Input.css";
import { Button, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import { useFormats } from "../app/services-context.js";
import type { TransactionFilter } from "../gql/graphql.js";
import classes from "./Transactions.module.css";
import { TransactionsDownload } from "./TransactionsDownload.js";
import { isFiltered, parseWalletSearch, readSignedAmount, type WalletSearch } from "./wallet-search.js";

const TYPING_MS = 400;

interface TransactionFiltersProps {
  walletId: string;
  currency: string;
  search: WalletSearch;
  filter: TransactionFilter | null;
  onChange(search: WalletSearch): void;
}

/** What to look for among transactions; it is all in the address. What is found can be had as a file. */
export function TransactionFilters({ walletId, currency, search, filter, onChange }: TransactionFiltersProps) {
  const { locale } = useFormats();
  const set = (changed: Partial<Record<keyof WalletSearch, unknown>>) =>
    onChange(parseWalletSearch({ ...search, ...changed }));
  const problemOf = (typed: string | undefined) =>
    typed !== undefined && readSignedAmount(typed, currency, locale) === null ? "Not an amount" : null;
  return (
    <search className={classes.filters}>
      <TypedFilter label="Words" placeholder="order, machine …" value={search.find} onType={(find) => set({ find })} />
      <TextInput
        size="xs"
        type="date"
        label="From"
        value={search.from ?? ""}
        max={search.to}
        onChange={(event) => set({ from: event.currentTarget.value })}
      />
      <TextInput
        size="xs"
        type="date"
        label="To"
        value={search.to ?? ""}
        min={search.from}
        onChange={(event) => set({ to: event.currentTarget.value })}
      />
      <TypedFilter
        label="At least"
        placeholder="-100"
        value={search.least}
        problem={problemOf(search.least)}
        onType={(least) => set({ least })}
      />
      <TypedFilter
        label="At most"
        placeholder="0"
        value={search.most}
        problem={problemOf(search.most)}
        onType={(most) => set({ most })}
      />
      <div className={classes.actions}>
        <TransactionsDownload walletId={walletId} filter={filter} />
        {isFiltered(search) && (
          <Button size="xs" variant="subtle" onClick={() => onChange(parseWalletSearch({ currency: search.currency }))}>
            Show all
          </Button>
        )}
      </div>
    </search>
  );
}

interface TypedFilterProps {
  label: string;
  placeholder: string;
  value: string | undefined;
  problem?: string | null;
  onType(text: string): void;
}

function TypedFilter({ label, placeholder, value, problem, onType }: TypedFilterProps) {
  const input = useRef<HTMLInputElement>(null);
  const type = useDebouncedCallback(onType, TYPING_MS);
  // The address may change by itself (back, forward, "show all"): the field follows, unless somebody types in it.
  useEffect(() => {
    if (input.current && document.activeElement !== input.current) input.current.value = value ?? "";
  }, [value]);
  return (
    <TextInput
      ref={input}
      size="xs"
      label={label}
      placeholder={placeholder}
      defaultValue={value}
      error={problem}
      onChange={(event) => type(event.currentTarget.value)}
    />
  );
}
