import { Front } from "./asking.js";
import { askersOf, ownerOf } from "./callers.js";
import { Graph } from "./graph.js";
import { organisations } from "./tree.js";
import { World } from "./world.js";

/** A world with its graph, and a gateway that everybody may ask. */
export interface Trial {
  world: World;
  graph: Graph;
  front: Front;
  end: () => Promise<void>;
}

const everybody = organisations.flatMap((one) => [ownerOf(one), ...askersOf(one)]);

/** @param planted whether everybody has a row in every table from the beginning. */
export const startTrial = async (serverUrl: string, planted = true): Promise<Trial> => {
  const world = await (planted ? World.full(serverUrl) : World.make(serverUrl));
  const graph = new Graph(world.subgraphs);
  const front = await Front.open(world, graph, everybody);
  const end = async () => {
    await front.close();
    await world.stop();
  };
  return { world, graph, front, end };
};
