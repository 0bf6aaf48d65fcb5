import { NotFoundFault } from "@tollgate/kit";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @throws NotFoundFault for what cannot be an id: it looks like an unknown one. */
export const requireId = (resource: string, id: string): void => {
  if (!UUID.test(id)) throw new NotFoundFault(resource, id);
};
