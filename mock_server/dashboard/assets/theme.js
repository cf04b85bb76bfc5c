// Light and dark: as the system has it, until somebody chooses, which the browser remembers.

const KINDS = ["system", "light", "dark"];
const KEPT = "evolink-mock-theme";

/** Let a button go from one kind of light to the next. */
export function startTheme(button) {
  let kind = KINDS.includes(kept()) ? kept() : "system";
  const show = () => {
    document.documentElement.dataset.theme = kind;
    button.textContent = `${kind} theme`;
  };
  button.addEventListener("click", () => {
    kind = KINDS[(KINDS.indexOf(kind) + 1) % KINDS.length];
    localStorage.setItem(KEPT, kind);
    show();
  });
  show();
}

function kept() {
  return localStorage.getItem(KEPT);
}
