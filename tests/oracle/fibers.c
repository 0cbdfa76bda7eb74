/* Fibers. */
#include "probe.h"

static void *home, *other;
static int order[8], steps;
static DWORD fls;
static int given_up;

static VOID WINAPI gives_up(void *value)
{
    given_up += (int)(ULONG_PTR)value;
}

static void step(int what)
{
    if (steps < 8)
        order[steps++] = what;
}

static VOID CALLBACK talks(void *data)
{
    step(2);
    SAY_VALUE("data", GetFiberData() == data);
    SAY_VALUE("current", GetCurrentFiber() == other);
    SAY_VALUE("is_a_fiber_inside", IsThreadAFiber());
    SAY_NUMBER("fls_of_new_fiber", (LONG_PTR)FlsGetValue(fls));
    SAY("fls_set_in_fiber", FlsSetValue(fls, (void *)20));
    SwitchToFiber(home);
    step(4);
    SAY_VALUE("fls_stays_with_fiber", (LONG_PTR)FlsGetValue(fls));
    SetLastError(1234);
    SwitchToFiber(home);
    step(6);
    SwitchToFiber(home);
}

static VOID CALLBACK returns(void *data)
{
    UNUSED_PARAMETER(data);
}

static DWORD WINAPI thread_of_fibers(void *which)
{
    void *own = ConvertThreadToFiber(NULL), *made;
    if (!own)
        return 2000;
    made = CreateFiber(0, returns, NULL);
    if (which) {
        SwitchToFiber(made);
        return 3000;
    }
    DeleteFiber(own);
    return 4000;
}

int main(void)
{
    volatile double number = 1.5;

    SAY_VALUE("thread_is_no_fiber", IsThreadAFiber());
    SAY("convert_back_of_thread", ConvertFiberToThread());
    fls = FlsAlloc(gives_up);
    FlsSetValue(fls, (void *)1);
    home = SAY_HANDLE("convert", ConvertThreadToFiber(&number));
    SAY_VALUE("is_a_fiber", IsThreadAFiber());
    SAY_VALUE("current_is_home", GetCurrentFiber() == home);
    SAY_VALUE("data_of_home", GetFiberData() == (void *)&number);
    SAY_VALUE("data_behind_the_address", *(void **)home == (void *)&number);
    SAY_HANDLE("convert_twice", ConvertThreadToFiber(NULL));
    SAY_VALUE("fls_of_home", (LONG_PTR)FlsGetValue(fls));
    other = SAY_HANDLE("create", CreateFiber(100000, talks, &other));
    step(1);
    SwitchToFiber(other);
    step(3);
    SAY_VALUE("fls_back_home", (LONG_PTR)FlsGetValue(fls));
    SwitchToFiber(other);
    SAY_VALUE("last_error_is_the_threads", GetLastError());
    step(5);
    number *= 2;
    SwitchToFiber(other);
    step(7);
    SAY_VALUE("numbers_stay", number == 3.0);
    SAY_VALUE("steps", order[0] * 1000000 + order[1] * 100000 + order[2] * 10000 + order[3] * 1000 + order[4] * 100 + order[5] * 10 + order[6]);
    SAY_VALUE("nothing_given_up", given_up);
    DeleteFiber(other);
    SAY_VALUE("given_up_with_the_fiber", given_up);
    SAY("convert_back", ConvertFiberToThread());
    SAY_VALUE("no_fiber_again", IsThreadAFiber());
    SAY("convert_back_twice", ConvertFiberToThread());
    SAY_VALUE("fls_after_converting_back", (LONG_PTR)FlsGetValue(fls));
    SAY_HANDLE("create_without_being_one", other = CreateFiber(0, returns, NULL));
    DeleteFiber(other);
    SAY_HANDLE("create_ex", other = CreateFiberEx(4096, 65536, FIBER_FLAG_FLOAT_SWITCH, returns, NULL));
    DeleteFiber(other);
    SAY_HANDLE("convert_ex", ConvertThreadToFiberEx(NULL, FIBER_FLAG_FLOAT_SWITCH));
    ConvertFiberToThread();
    SAY_VALUE("thread_whose_fiber_returns", in_a_thread(thread_of_fibers, &home));
    SAY_VALUE("thread_that_deletes_its_fiber", in_a_thread(thread_of_fibers, NULL));
    return 0;
}
