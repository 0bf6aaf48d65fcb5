import { ActionIcon, type MantineColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";

const SCHEMES: Record<MantineColorScheme, { word: string; icon: typeof IconSun; next: MantineColorScheme }> = {
  auto: { word: "system", icon: IconDeviceDesktop, next: "light" },
  light: { word: "light", icon: IconSun, next: "dark" },
  dark: { word: "dark", icon: IconMoon, next: "auto" },
};

/** Turns from the system's colours to light to dark and back. */
export function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { word, icon: Icon, next } = SCHEMES[colorScheme];
  const label = `Colours: ${word}. Change to ${SCHEMES[next].word}`;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={36}
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(next)}
    >
      <Icon size={18} stroke={1.6} aria-hidden />
    </ActionIcon>
  );
}
