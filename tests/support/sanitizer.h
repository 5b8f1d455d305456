/* True in builds that run many times slower, where long tests take a sample. */
#ifndef SUPPORT_SANITIZER_H
#define SUPPORT_SANITIZER_H

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SUPPORT_SLOW_BUILD 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define SUPPORT_SLOW_BUILD 1
#endif
#endif
#ifndef SUPPORT_SLOW_BUILD
#define SUPPORT_SLOW_BUILD 0
#endif

#endif
