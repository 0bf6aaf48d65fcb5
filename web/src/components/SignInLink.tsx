import { Button } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";

/** From a public page to the one where people sign in. */
export function SignInLink({ as = "link" }: { as?: "link" | "button" }) {
  const navigate = useNavigate();
  if (as === "link") return <Link to="/sign-in">Go to the sign-in page</Link>;
  return (
    <Button fullWidth onClick={() => void navigate({ to: "/sign-in" })}>
      Sign in
    </Button>
  );
}
