import type { TemplateSize } from "@tollgate/billing";

/** What a machine of a company is for. */
export interface MachineUse {
  name: string;
  size: TemplateSize["name"];
  /** Whether nobody needs it from Friday evening to Monday morning. */
  restsAtWeekends?: boolean;
}

/** One of the industries of the Johannesburg exchange, and what its companies are called and run. */
export interface Sector {
  name: string;
  /** Ends of companies' names. */
  trades: readonly string[];
  /** In the order in which they are ordered. */
  machines: readonly MachineUse[];
}

const SHOP: MachineUse = { name: "web-1", size: "small" };
const BOOKS: MachineUse = { name: "erp-1", size: "medium" };
const BUILD: MachineUse = { name: "build-1", size: "medium", restsAtWeekends: true };
const TESTS: MachineUse = { name: "staging-1", size: "small", restsAtWeekends: true };

/** The eleven industries by which the exchange sorts its companies. */
export const SECTORS: readonly Sector[] = [
  { name: "Basic Materials", trades: ["Platinum", "Minerals", "Chemicals"], machines: [BOOKS, TESTS] },
  { name: "Consumer Discretionary", trades: ["Retail", "Hotels", "Media"], machines: [SHOP, BOOKS] },
  { name: "Consumer Staples", trades: ["Foods", "Breweries", "Grocers"], machines: [SHOP, TESTS] },
  { name: "Energy", trades: ["Fuels", "Coal", "Gas"], machines: [BOOKS] },
  { name: "Financials", trades: ["Bank", "Insurance", "Brokers"], machines: [BOOKS, { name: "db-1", size: "large" }] },
  { name: "Health Care", trades: ["Clinics", "Pharmacy", "Laboratories"], machines: [SHOP, BOOKS] },
  { name: "Industrials", trades: ["Freight", "Engineering", "Packaging"], machines: [BOOKS] },
  { name: "Real Estate", trades: ["Properties", "Estates", "Warehousing"], machines: [SHOP] },
  { name: "Technology", trades: ["Software", "Games", "Data"], machines: [SHOP, BUILD, TESTS] },
  { name: "Telecommunications", trades: ["Fibre", "Wireless", "Networks"], machines: [SHOP, BUILD] },
  { name: "Utilities", trades: ["Water", "Power", "Recycling"], machines: [SHOP] },
];

/** Beginnings of companies' names: plants, animals and places of southern Africa. */
export const BEGINNINGS: readonly string[] = [
  ...["Aloe", "Baobab", "Bontebok", "Buchu", "Cederberg", "Camphor", "Dassie", "Drongo", "Eland", "Ebony"],
  ...["Fever Tree", "Fish Eagle", "Gemsbok", "Geelhout", "Hadeda", "Hoopoe", "Impala", "Ironwood", "Jackal", "Jakkals"],
  ...["Kudu", "Kiaat", "Klipdas", "Leadwood", "Lourie", "Marula", "Mopane", "Meerkat", "Nyala", "Namaqua"],
  ...["Oryx", "Outeniqua", "Protea", "Puffadder", "Quagga", "Rooibos", "Reedbuck", "Steenbok", "Sagewood", "Tambotie"],
];
