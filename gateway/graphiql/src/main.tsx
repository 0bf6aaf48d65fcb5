import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./styles.css";
import { createRoot } from "react-dom/client";
import { App } from "./app";

const container = document.getElementById("graphiql");
if (!container) throw new Error("The page has no place for GraphiQL");
createRoot(container).render(<App />);
