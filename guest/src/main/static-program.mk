# What a static program of the sandboxes is built with; a Makefile sets PROGRAM and OUT, and includes this.
CC := musl-gcc
MULTIARCH := $(shell gcc -print-multiarch)
# musl brings no kernel headers; the system's own come last, so that they never shadow musl's.
KERNEL_HEADERS := -idirafter /usr/include -idirafter /usr/include/$(MULTIARCH)
CFLAGS := -std=c17 -D_GNU_SOURCE -O2 -g0 -fstack-protector-strong -fno-strict-aliasing -Werror -Wall -Wextra -Wpedantic \
  -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wundef -Wnull-dereference
OBJECTS := $(patsubst %.c,$(OUT)/%.o,$(wildcard *.c))

$(OUT)/$(PROGRAM): $(OBJECTS)
	$(CC) -static -s -Wl,-z,relro,-z,now,-z,noexecstack -o $@ $(OBJECTS)

$(OUT)/%.o: %.c $(wildcard *.h) $(MAKEFILE_LIST) | $(OUT) compiler
	$(CC) $(CFLAGS) $(KERNEL_HEADERS) -c -o $@ $<

$(OUT):
	mkdir -p $@

.PHONY: compiler
compiler:
	@command -v $(CC) >/dev/null || { \
	  echo "$(PROGRAM) is built with $(CC), which is missing here. Install it: apt-get install musl-tools gcc make linux-libc-dev" >&2; \
	  exit 1; }
