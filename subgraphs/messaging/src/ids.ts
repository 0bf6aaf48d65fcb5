import { NotFoundFault } from "@tollgate/kit";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a client's id has the form of one; what has not is looked for nowhere and NOT_FOUND. */
export const isId = (text: string): boolean => UUID.test(text);

/** @throws NotFoundFault for what has not the form of an id. */
export const requireId = (resource: string, id: string): string => {
  if (!isId(id)) throw new NotFoundFault(resource, id);
  return id.toLowerCase();
};
