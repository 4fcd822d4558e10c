// The name under which a tab remembers where the person wanted to go before they had to sign in.

export const NEXT = "threadline:next";
