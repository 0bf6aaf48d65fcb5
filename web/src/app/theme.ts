import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const teal: MantineColorsTuple = [
  "#e7f3f1",
  "#cde6e2",
  "#a0d1ca",
  "#6dbab0",
  "#41a096",
  "#20857b",
  "#0f6f66",
  "#0b5d56",
  "#084b46",
  "#063a36",
];

const gray: MantineColorsTuple = [
  "#f6f8f7",
  "#eef1f0",
  "#e2e6e5",
  "#d2d8d7",
  "#b4bcbb",
  "#8d9897",
  "#66726f",
  "#4c5856",
  "#333d3c",
  "#1a2221",
];

const dark: MantineColorsTuple = [
  "#e3e8e7",
  "#c1c9c8",
  "#97a2a0",
  "#6e7a78",
  "#384341",
  "#293331",
  "#1d2625",
  "#141b1a",
  "#0f1514",
  "#0a0f0e",
];

/** Calm and dense: one accent, neutral greys, a 4 px grid, small radii, no shadows. */
export const theme = createTheme({
  primaryColor: "teal",
  primaryShade: { light: 6, dark: 6 },
  colors: { teal, gray, dark },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: '"JetBrains Mono Variable", ui-monospace, monospace',
  fontSizes: { xs: "12px", sm: "13px", md: "13px", lg: "15px", xl: "22px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  radius: { xs: "2px", sm: "4px", md: "4px", lg: "6px", xl: "8px" },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  headings: { fontWeight: "600" },
  components: {
    Button: { defaultProps: { size: "sm" } },
    TextInput: { defaultProps: { size: "sm" } },
    PasswordInput: { defaultProps: { size: "sm" } },
  },
});

/** What the pages' own styles read: surfaces, hairlines, text and the colours of states and charts. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#1a2221",
    "--mantine-color-dimmed": "#5b6765",
    "--mantine-color-anchor": "#0b5d56",
    "--mantine-color-error": "#b3261e",
    "--surface-raised": "#f6f8f7",
    "--hairline": "#e2e6e5",
    "--accent-text": "#0b5d56",
    "--good": "#1c6b37",
    "--warn": "#8a5300",
    "--bad": "#b3261e",
    "--quiet": "#5b6765",
    "--chart-1": "#0f6f66",
    "--chart-2": "#c4511c",
    "--chart-3": "#3f5fbf",
    "--chart-faint": "#8fa5a2",
    "--chart-grid": "#eef1f0",
  },
  dark: {
    "--mantine-color-body": "#141b1a",
    "--mantine-color-text": "#e3e8e7",
    "--mantine-color-dimmed": "#97a2a0",
    "--mantine-color-anchor": "#6dbab0",
    "--mantine-color-error": "#ff9b92",
    "--surface-raised": "#0f1514",
    "--hairline": "#293331",
    "--accent-text": "#6dbab0",
    "--good": "#7fc797",
    "--warn": "#e3b063",
    "--bad": "#ff9b92",
    "--quiet": "#97a2a0",
    "--chart-1": "#4fb8ac",
    "--chart-2": "#f08a55",
    "--chart-3": "#8ea6f0",
    "--chart-faint": "#5d716e",
    "--chart-grid": "#1f2927",
  },
});
