/* What C programs do with a tape through streams and vectors, one deed a name: run under
   `nearline exec` by tape_test.py. Says what was wrong and ends with 1, or ends with 0. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mtio.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

static void expect(int condition, const char* what, int line) {
    if (condition) return;
    fprintf(stderr, "tape_client.c:%d: %s (errno %d)\n", line, what, errno);
    exit(1);
}
#define EXPECT(condition) expect((condition) != 0, #condition, __LINE__)

static const char kTape[] = "/dev/nst0";

static int open_tape(int flags) {
    const int tape = open(kTape, flags);
    EXPECT(tape >= 0);
    return tape;
}

static void operate(int tape, short operation, int count) {
    struct mtop order = {operation, count};
    EXPECT(ioctl(tape, MTIOCTOP, &order) == 0);
}

static int block_number(int tape) {
    struct mtget status;
    EXPECT(ioctl(tape, MTIOCGET, &status) == 0);
    return (int)status.mt_blkno;
}

/* A stream writes blocks of 4096 bytes, as its buffer is, and what is left at its end. */
static void streams(void) {
    static char data[10000];
    static char back[sizeof(data)];
    memset(data, 'x', sizeof(data));
    FILE* stream = fopen(kTape, "w");
    EXPECT(stream != NULL);
    for (size_t i = 0; i < sizeof(data); i += 100) EXPECT(fwrite(data + i, 1, 100, stream) == 100);
    EXPECT(fflush(stream) == 0);
    EXPECT(block_number(fileno(stream)) == 3);
    EXPECT(fclose(stream) == 0);

    const int tape = open_tape(O_RDONLY);
    operate(tape, MTREW, 1);
    stream = fdopen(tape, "r");
    EXPECT(stream != NULL);
    EXPECT(fileno(stream) == tape);
    EXPECT(fread(back, 1, sizeof(back), stream) == sizeof(back));
    EXPECT(memcmp(data, back, sizeof(back)) == 0);
    EXPECT(fgetc(stream) == EOF); /* the filemark */
    EXPECT(feof(stream));
    EXPECT(fclose(stream) == 0);
    EXPECT(fcntl(tape, F_GETFD) < 0);
}

static void lines(void) {
    FILE* stream = fopen64(kTape, "w+e");
    EXPECT(stream != NULL);
    EXPECT((fcntl(fileno(stream), F_GETFD) & FD_CLOEXEC) != 0);
    EXPECT(fprintf(stream, "%s %d\n", "line", 1) == 7);
    EXPECT(fputs("line 2\n", stream) >= 0);
    EXPECT(fclose(stream) == 0);
    const int tape = open_tape(O_RDONLY);
    operate(tape, MTREW, 1);
    EXPECT(close(tape) == 0);
    stream = fopen(kTape, "r");
    char line[80];
    EXPECT(fgets(line, sizeof(line), stream) != NULL && strcmp(line, "line 1\n") == 0);
    EXPECT(fgets(line, sizeof(line), stream) != NULL && strcmp(line, "line 2\n") == 0);
    EXPECT(fgets(line, sizeof(line), stream) == NULL && !ferror(stream));
    EXPECT(fclose(stream) == 0);
}

/* A block that does not fit a stream's buffer is lost, as it is with the kernel's driver; with a
   buffer that holds it, it is there. */
static void buffers(void) {
    static char block[65536];
    static char buffer[65536];
    int tape = open_tape(O_RDWR);
    EXPECT(write(tape, block, sizeof(block)) == sizeof(block));
    operate(tape, MTREW, 1);
    FILE* stream = fdopen(tape, "r");
    EXPECT(fgetc(stream) == EOF && ferror(stream) && errno == ENOMEM);
    EXPECT(fclose(stream) == 0);
    tape = open_tape(O_RDONLY);
    operate(tape, MTREW, 1);
    stream = fdopen(tape, "r");
    EXPECT(setvbuf(stream, buffer, _IOFBF, sizeof(buffer)) == 0);
    EXPECT(fgetc(stream) == 0);
    EXPECT(fclose(stream) == 0);
}

static void refusals(void) {
    errno = 0;
    EXPECT(fopen(kTape, "q") == NULL && errno == EINVAL);
    EXPECT(fopen("/dev/nst7", "r") == NULL && errno == ENOENT);
    EXPECT(fopen(kTape, "wx") == NULL && errno == EEXIST);
    FILE* stream = fopen(kTape, "r");
    EXPECT(stream != NULL);
    EXPECT(fputc('x', stream) == EOF);
    EXPECT(fopen(kTape, "r") == NULL && errno == EBUSY);
    EXPECT(fclose(stream) == 0);
}

/* Each piece is a block; a read ends with the piece that a block does not fill. */
static void vectors(void) {
    char one[] = "one";
    char three[] = "three";
    char back[2][16];
    const struct iovec out[] = {{one, 3}, {NULL, 0}, {three, 5}};
    const struct iovec in[] = {{back[0], 3}, {back[1], sizeof(back[1])}};
    int tape = open_tape(O_RDWR);
    EXPECT(writev(tape, out, 3) == 8);
    EXPECT(block_number(tape) == 2);
    static struct iovec many[IOV_MAX + 1];
    EXPECT(writev(tape, many, IOV_MAX) == 0);
    EXPECT(writev(tape, many, IOV_MAX + 1) < 0 && errno == EINVAL);
    operate(tape, MTREW, 1);
    EXPECT(readv(tape, in, 2) == 8);
    EXPECT(memcmp(back[0], "one", 3) == 0 && memcmp(back[1], "three", 5) == 0);
    operate(tape, MTREW, 1);
    EXPECT(readv(tape, &in[1], 1) == 3);
    EXPECT(close(tape) == 0);
}

/* st(4): a tape lets everybody seek and stays where it is, but reads and writes nowhere else. */
static void positions(void) {
    char byte = 'x';
    const struct iovec piece = {&byte, 1};
    const int tape = open_tape(O_RDWR);
    EXPECT(write(tape, &byte, 1) == 1);
    EXPECT(lseek(tape, 100, SEEK_SET) == 0 && lseek64(tape, 0, SEEK_END) == 0);
    EXPECT(block_number(tape) == 1);
    EXPECT(pread(tape, &byte, 1, 0) < 0 && errno == ESPIPE);
    EXPECT(pwrite(tape, &byte, 1, 0) < 0 && errno == ESPIPE);
    EXPECT(preadv(tape, &piece, 1, 0) < 0 && errno == ESPIPE);
    EXPECT(pwritev(tape, &piece, 1, 0) < 0 && errno == ESPIPE);
    const int file = open("/etc/passwd", O_RDONLY);
    EXPECT(sendfile(tape, file, NULL, 1) < 0 && errno == EINVAL);
    EXPECT(write(tape, &byte, 1) == 1);
    EXPECT(block_number(tape) == 2);
    EXPECT(close(tape) == 0);

    const int generic = open("/dev/sg1", O_RDWR);
    EXPECT(generic >= 0);
    EXPECT(lseek(generic, 0, SEEK_SET) < 0 && errno == ESPIPE);
    EXPECT(pread(generic, &byte, 1, 0) < 0 && errno == ESPIPE);
}

/* With the tape as standard output, then as standard input. */
static void say(void) {
    EXPECT(printf("said %d times\n", 3) > 0);
    EXPECT(puts("and put") >= 0);
}

static void hear(void) {
    char line[80];
    EXPECT(fgets(line, sizeof(line), stdin) != NULL && strcmp(line, "said 3 times\n") == 0);
    EXPECT(scanf("and %79s", line) == 1 && strcmp(line, "put") == 0);
}

static const struct Deed {
    const char* name;
    void (*act)(void);
} kDeeds[] = {{"streams", streams}, {"lines", lines},         {"buffers", buffers},
              {"vectors", vectors}, {"positions", positions}, {"refusals", refusals},
              {"say", say},         {"hear", hear}};

int main(int count, char** words) {
    for (size_t i = 0; i < sizeof(kDeeds) / sizeof(*kDeeds); ++i) {
        if (count != 2 || strcmp(words[1], kDeeds[i].name) != 0) continue;
        kDeeds[i].act();
        return 0;
    }
    fprintf(stderr, "tape_client: no such deed\n");
    return 2;
}
