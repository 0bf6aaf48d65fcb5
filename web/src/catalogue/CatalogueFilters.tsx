import { useQuery } from "@apollo/client/react";
import { Chip, Chips } from "../filters/Chips.js";
import { Filters } from "../filters/Filters.js";
import { TypedField } from "../filters/TypedField.js";
import { CatalogueCategoriesDocument, type CatalogueItemKind } from "../gql/graphql.js";
import { type CatalogueSearch, parseCatalogueSearch } from "./catalogue-search.js";

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
  const { data } = useQuery(CatalogueCategoriesDocument);
  const categories = (data?.catalogueCategories ?? []).flatMap(({ name }) => name ?? []);
  const set = (changed: Record<string, unknown>) => onChange(parseCatalogueSearch({ ...search, ...changed }));
  return (
    <Filters onShowAll={null}>
      <TypedField
        label="Find"
        type="search"
        autoComplete="off"
        maxLength={100}
        value={search.find}
        onType={(find) => set({ find })}
      />
      <Chips legend="Kind">
        {KINDS.map(({ value, label }) => (
          <Chip
            key={value}
            pressed={search.kind === value}
            onPress={() => set({ kind: search.kind === value ? undefined : value })}
          >
            {label}
          </Chip>
        ))}
      </Chips>
      {categories.length > 0 && (
        <Chips legend="Category">
          {categories.map((name) => (
            <Chip
              key={name}
              pressed={search.category === name}
              onPress={() => set({ category: search.category === name ? undefined : name })}
            >
              {name}
            </Chip>
          ))}
        </Chips>
      )}
    </Filters>
  );
}
