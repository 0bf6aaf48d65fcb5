import "@mantine/core/styles/Input.css";
import { useQuery } from "@apollo/client/react";
import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useState } from "react";
import chip from "../components/Chip.module.css";
import { CatalogueCategoriesDocument, type CatalogueItemKind } from "../gql/graphql.js";
import classes from "./Catalogue.module.css";
import { type CatalogueSearch, parseCatalogueSearch } from "./catalogue-search.js";

const TYPING_MS = 300;

const KINDS: { value: CatalogueItemKind; label: string }[] = [
  { value: "SERVICE", label: "Services" },
  { value: "PRODUCT", label: "Products" },
];

interface CatalogueFiltersProps {
  search: CatalogueSearch;
  onChange(search: CatalogueSearch): void;
}

/** What of the catalogue is listed; all of it stands in the address. */
export function CatalogueFilters({ search, onChange }: CatalogueFiltersProps) {
  const [typed, setTyped] = useState(search.find ?? "");
  const { data } = useQuery(CatalogueCategoriesDocument);
  const categories = (data?.catalogueCategories ?? []).flatMap(({ name }) => name ?? []);
  const set = (changed: Record<string, unknown>) => onChange(parseCatalogueSearch({ ...search, ...changed }));
  const find = useDebouncedCallback((text: string) => set({ find: text }), TYPING_MS);
  return (
    <search className={classes.filters}>
      <TextInput
        label="Find"
        type="search"
        autoComplete="off"
        maxLength={100}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          find(event.currentTarget.value);
        }}
      />
      <fieldset className={classes.choices}>
        <legend className="visually-hidden">Kind</legend>
        {KINDS.map(({ value, label }) => (
          <button
            key={value}
            type="button"
            className={chip.chip}
            aria-pressed={search.kind === value}
            onClick={() => set({ kind: search.kind === value ? undefined : value })}
          >
            {label}
          </button>
        ))}
      </fieldset>
      {categories.length > 0 && (
        <fieldset className={classes.choices}>
          <legend className="visually-hidden">Category</legend>
          {categories.map((name) => (
            <button
              key={name}
              type="button"
              className={chip.chip}
              aria-pressed={search.category === name}
              onClick={() => set({ category: search.category === name ? undefined : name })}
            >
              {name}
            </button>
          ))}
        </fieldset>
      )}
    </search>
  );
}
