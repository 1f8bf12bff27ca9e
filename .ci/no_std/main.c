/* Calls the library from a program that brings no Rust of its own. */
int keyward_decides(void);
/* The compiler's own `alloc` was built to unwind and names this; the library aborts instead. */
void rust_eh_personality(void) {}
int main(void) { return keyward_decides() == 1 ? 0 : 1; }
