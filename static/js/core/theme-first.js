// A classic script in the head: the remembered theme holds before the first thing is drawn.
try {
  const theme = localStorage.getItem("perceptarium.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // storage is off: the system's theme holds
}
