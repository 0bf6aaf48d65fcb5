import { TEMPLATE_SIZES, type TemplateSize } from "./demo.js";

/** A size on offer, under an id that never changes. */
export interface Template extends TemplateSize {
  id: string;
}

const IDS: Record<TemplateSize["name"], string> = {
  small: "01900000-0000-7000-8000-000000000001",
  medium: "01900000-0000-7000-8000-000000000002",
  large: "01900000-0000-7000-8000-000000000003",
  enterprise: "01900000-0000-7000-8000-000000000004",
};

export const TEMPLATES: readonly Template[] = TEMPLATE_SIZES.map((size) => ({ ...size, id: IDS[size.name] }));

export const templateById = (id: string): Template | null =>
  TEMPLATES.find((template) => template.id === id.toLowerCase()) ?? null;
