//! Uses keyward where there is no standard library: its own panic handler and its own allocator.
#![no_std]

use core::{
    alloc::{GlobalAlloc, Layout},
    panic::PanicInfo,
    ptr,
    sync::atomic::{AtomicUsize, Ordering},
};

use keyward::{Access, Operation, ResourceView, Role, Roles, Schema};

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

/// Hands out a fixed arena and takes nothing back.
struct Arena;

const SIZE: usize = 1 << 20;
static mut ARENA: [u8; SIZE] = [0; SIZE];
static USED: AtomicUsize = AtomicUsize::new(0);

unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let size = layout.size() + layout.align();
        let start = USED.fetch_add(size, Ordering::Relaxed);
        if start + size > SIZE {
            return ptr::null_mut();
        }
        let base = (&raw mut ARENA).cast::<u8>();
        let unaligned = unsafe { base.add(start) };
        unsafe { unaligned.add(unaligned.align_offset(layout.align())) }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static GLOBAL: Arena = Arena;

/// 1 where a decision is allow, 0 where it is deny, −1 where something could not be built.
#[unsafe(no_mangle)]
pub extern "C" fn keyward_decides() -> i32 {
    let decided = || -> Option<bool> {
        let schema = Schema::builder().resource("products").build().ok()?;
        let role = Role::new("inspector", ["products:read"]).ok()?;
        let roles = Roles::new(&schema, "acme").ok()?.with(role).ok()?;
        let access = Access::builder(&roles).role("inspector").build().ok()?;
        Some(access.decide(Operation::READ, &ResourceView::new("products", "acme", &())).is_allow())
    };
    decided().map_or(-1, i32::from)
}
