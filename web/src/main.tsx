import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "@mantine/core/styles/baseline.css";
import "@mantine/core/styles/default-css-variables.css";
import "@mantine/core/styles/global.css";
import "@mantine/core/styles/UnstyledButton.css";
import "@mantine/core/styles/Button.css";
import "@mantine/core/styles/ActionIcon.css";
import "@mantine/core/styles/Loader.css";
import "./app/global.css";
import { ApolloProvider } from "@apollo/client/react";
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { keepFocus } from "./app/keep-focus.js";
import { createAppRouter } from "./app/router.js";
import { createServices } from "./app/services.js";
import { ServicesContext } from "./app/services-context.js";
import { cssVariables, theme } from "./app/theme.js";

const container = document.getElementById("root");
if (!container) throw new Error("index.html has lost its root element");

const services = createServices();
const router = createAppRouter(services);
keepFocus(document);
const colorSchemes = localStorageColorSchemeManager({ key: "tollgate.scheme" });

createRoot(container).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemes}
      defaultColorScheme="auto"
    >
      <ServicesContext value={services}>
        <ApolloProvider client={services.client}>
          <RouterProvider router={router} />
        </ApolloProvider>
      </ServicesContext>
    </MantineProvider>
  </StrictMode>,
);
