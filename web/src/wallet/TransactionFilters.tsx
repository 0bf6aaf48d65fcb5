import { Button } from "@mantine/core";
import { useFormats } from "../app/services-context.js";
import { DayFields } from "../filters/DayFields.js";
import { TypedField } from "../filters/TypedField.js";
import type { TransactionFilter } from "../gql/graphql.js";
import classes from "./Transactions.module.css";
import { TransactionsDownload } from "./TransactionsDownload.js";
import { isFiltered, parseWalletSearch, readSignedAmount, type WalletSearch } from "./wallet-search.js";

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
      <TypedField
        size="xs"
        label="Words"
        placeholder="order, machine …"
        value={search.find}
        onType={(find) => set({ find })}
      />
      <DayFields labels={["From", "To"]} from={search.from} to={search.to} size="xs" onChange={set} />
      <TypedField
        size="xs"
        label="At least"
        placeholder="-100"
        value={search.least}
        error={problemOf(search.least)}
        onType={(least) => set({ least })}
      />
      <TypedField
        size="xs"
        label="At most"
        placeholder="0"
        value={search.most}
        error={problemOf(search.most)}
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
