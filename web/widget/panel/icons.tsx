// The panel's few icons, as nodes. Decoration only: whatever they stand for is said in words beside them or in a label.

import type { VNode } from "preact";

function Icon({ path, name = "icon" }: { path: string; name?: string }): VNode {
  return (
    <svg class={name} viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

export const DownIcon = () => <Icon path="m6 9.5 6 6 6-6" />;
export const SendIcon = () => <Icon path="M12 19V5m0 0-6 6m6-6 6 6" />;
export const EndIcon = () => <Icon path="M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-4 9.3 2.8 2.7L16 9.5" />;
export const MoreIcon = () => <Icon path="M5 12h.01M12 12h.01M19 12h.01" name="icon heavy" />;
export const CheckIcon = () => <Icon path="m5 12.5 4.5 4.5L19 7.5" />;
export const SmileIcon = () => <Icon path="M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM8.5 14.5c1.8 2.3 5.2 2.3 7 0M9 9.5v.01M15 9.5v.01" />;
export const StarIcon = ({ full }: { full: boolean }) => (
  <Icon
    path="m12 3.5 2.6 5.4 5.9.8-4.3 4.1 1.1 5.9-5.3-2.9-5.3 2.9 1.1-5.9L3.5 9.7l5.9-.8Z"
    name={full ? "icon star full" : "icon star"}
  />
);
