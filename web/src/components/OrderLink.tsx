import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";

/** The way to one more machine. */
export function OrderLink() {
  return <Button renderRoot={(props) => <Link to="/order" {...props} />}>Order a machine</Button>;
}
