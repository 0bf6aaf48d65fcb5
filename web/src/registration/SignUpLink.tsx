import { useQuery } from "@apollo/client/react";
import { Link } from "@tanstack/react-router";
import { IsSignUpOpenDocument } from "../gql/graphql.js";

/** The way to an account of one's own, shown only while people may sign up. */
export function SignUpLink() {
  const { data } = useQuery(IsSignUpOpenDocument, { fetchPolicy: "no-cache" });
  if (data?.isSignUpOpen !== true) return null;
  return (
    <p>
      New here? <Link to="/sign-up">Create an account</Link>
    </p>
  );
}
