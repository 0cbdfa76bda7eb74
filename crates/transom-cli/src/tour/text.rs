//! The words of the tour, in English and Korean.

use crate::language::{Words, words};

/// What a step says before it shows anything.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text {
    pub(super) title: Words,
    pub(super) lines: [Words; 2],
}

macro_rules! steps {
    ($($name:ident: $title:expr, $first:expr, $second:expr;)*) => {
        $(pub(super) const $name: Text = Text { title: $title, lines: [$first, $second] };)*
    };
}

macro_rules! sentences {
    ($($name:ident: $english:literal, $korean:literal;)*) => {
        $(pub(super) const $name: Words = words($english, $korean);)*
    };
}

steps! {
    TABLE:
        words("The handle table of a process", "프로세스의 핸들 테이블"),
        words(
            "A handle is a number; this process's table says which object it stands for.",
            "핸들은 숫자이며, 어느 오브젝트를 가리키는지는 이 프로세스의 핸들 테이블에 있다.",
        ),
        words(
            "Two events were just created: children may inherit the first (Y), not the second (N).",
            "방금 이벤트 두 개를 만들었다. 첫째는 상속되고(Y) 둘째는 상속되지 않는다(N).",
        );
    INHERITED:
        words(
            "Parent and child after CreateProcess(bInheritHandles = TRUE)",
            "CreateProcess(bInheritHandles = TRUE) 뒤의 부모와 자식",
        ),
        words(
            "The child's table begins with every Y line of its parent's, under the same number.",
            "자식의 테이블은 부모의 Y 항목을 같은 번호로 모두 가지고 시작한다.",
        ),
        words(
            "~~~ joins what is the same object; the flag Y is inherited, too.",
            "~~~ 는 같은 오브젝트를 잇는다. 상속 여부(Y)도 변경 없이 그대로 상속된다.",
        );
    NOT_INHERITED:
        words(
            "Parent and child after CreateProcess(bInheritHandles = FALSE)",
            "CreateProcess(bInheritHandles = FALSE) 뒤의 부모와 자식",
        ),
        words(
            "Nothing is inherited; the child has its standard streams (File) and no more.",
            "아무것도 상속되지 않는다. 자식에게는 표준 스트림(File)만 있다.",
        ),
        words(
            "The parent's numbers mean nothing to it: a handle belongs to one process.",
            "부모의 핸들 번호는 자식에게 뜻이 없다. 핸들은 프로세스별로 독립적이다.",
        );
    GRANDCHILD:
        words("A grandchild", "손자 프로세스"),
        words(
            "Since the flag Y was inherited as well, the child's own child inherits in turn.",
            "상속 여부도 상속되었으므로, 자식이 만든 자식에게도 계속해서 상속된다.",
        ),
        words(
            "Here are the tables of the child and of the grandchild it has started.",
            "다음은 자식과, 자식이 만든 손자의 핸들 테이블이다.",
        );
    COUNTS:
        words("Usage counts", "사용 횟수(Usage Count)"),
        words(
            "An object counts the handles that refer to it, in all processes.",
            "오브젝트는 모든 프로세스에서 자기를 가리키는 핸들의 수를 센다.",
        ),
        words(
            "In brackets: who holds it, as process:handle. At 0 the object is destroyed.",
            "괄호 안은 가지고 있는 쪽(프로세스:핸들)이다. 0이 되면 오브젝트는 소멸된다.",
        );
    PSEUDO:
        words("The pseudo handle, and what DuplicateHandle makes of it", "가짜(Pseudo) 핸들과 DuplicateHandle"),
        words(
            "GetCurrentProcess gives a constant that means whoever uses it; no table has it.",
            "GetCurrentProcess 가 주는 것은 쓰는 쪽 자신을 뜻하는 상수로, 테이블에 없다.",
        ),
        words(
            "DuplicateHandle makes a real handle of it, which others can be given.",
            "DuplicateHandle 로 복제하면 다른 프로세스에 줄 수 있는 진짜 핸들이 된다.",
        );
    DUPLICATED:
        words("A handle duplicated into a running child", "실행 중인 자식에게 핸들 복제하기"),
        words(
            "This event is younger than the child: it can only come there by DuplicateHandle.",
            "이 이벤트는 자식보다 나중에 생겼으므로 DuplicateHandle 로만 전해질 수 있다.",
        ),
        words(
            "The object's address is the same, the number is another one, the count goes up.",
            "오브젝트의 주소는 같고 핸들 번호는 다르며, 사용 횟수가 증가한다.",
        );
    PIPES:
        words("Anonymous pipes", "이름없는 파이프"),
        words(
            "The child inherits the end to write to, and the parent reads what it writes.",
            "자식은 쓰기용 핸들을 상속받고, 부모는 자식이 쓴 것을 읽는다.",
        ),
        words(
            "Then the same with sort, which knows no handles: pipes are its standard streams.",
            "다음은 핸들을 모르는 sort 이다. 파이프가 그 표준 입출력이 된다.",
        );
    MESSAGES:
        words("A conversation in messages", "메시지로 하는 대화"),
        words(
            "A named pipe joins processes that are not related, and keeps messages apart.",
            "명명된 파이프는 혈연이 없는 프로세스를 잇고, 메시지를 서로 섞지 않는다.",
        ),
        words(
            "Reading with too short a buffer says so (error 234), and loses nothing.",
            "버퍼가 짧으면 그렇다고 알려 주고(오류 234), 아무것도 잃지 않는다.",
        );
    BUSY:
        words("A busy pipe", "사용 중인 파이프"),
        words(
            "There may be one instance only, and a child has it: the next client is told (error 231).",
            "인스턴스는 하나뿐이고 자식이 쓰고 있다. 다음 클라이언트는 거절된다(오류 231).",
        ),
        words(
            "WaitNamedPipe waits until an instance listens again.",
            "WaitNamedPipe 는 인스턴스가 다시 기다릴 때까지 기다린다.",
        );
    KILLED:
        words("A client that is killed", "강제 종료된 클라이언트"),
        words(
            "A client writes a message and is killed (SIGKILL) before anybody has read it.",
            "클라이언트가 메시지를 쓰고, 아무도 읽기 전에 강제 종료된다(SIGKILL).",
        ),
        words(
            "The server reads it, is told of the end (error 109), and takes the next client.",
            "서버는 그것을 읽고, 끝났음을 알고(오류 109), 다음 클라이언트를 받는다.",
        );
    MAILSLOTS:
        words("A mailslot", "메일슬롯"),
        words(
            "One reads, many write: each message arrives whole, and in the order they were sent.",
            "하나가 읽고 여럿이 쓴다. 메시지는 나뉘지 않고 보낸 순서대로 도착한다.",
        ),
        words(
            "The reading handle is inherited like any other; then the child reads on.",
            "읽는 핸들도 다른 핸들처럼 상속되며, 그러면 자식이 이어서 읽는다.",
        );
    MUTEX:
        words("A mutex with a name, and an owner that is ended", "이름있는 뮤텍스와 종료된 소유자"),
        words(
            "One child makes the mutex and owns it; the others find it by its name.",
            "한 자식이 뮤텍스를 만들어 소유하고, 다른 프로세스는 이름으로 그것을 연다.",
        ),
        words(
            "Its owner is ended without giving it back: whoever waits next is told (WAIT_ABANDONED).",
            "소유자가 반환하지 않고 종료되면, 다음에 기다린 쪽이 그 사실을 안다(WAIT_ABANDONED).",
        );
    ENVIRONMENT:
        words("Environment variables", "환경변수"),
        words(
            "A child gets a copy of its parent's variables, or those it is given.",
            "자식은 부모 환경변수의 사본을 받거나, 따로 주어진 것을 받는다.",
        ),
        words(
            "What it changes is changed for itself alone. Upper and lower case are the same.",
            "자식이 바꾼 것은 자식에게서만 바뀐다. 이름의 대소문자는 구별하지 않는다.",
        );
    PROCESSES:
        words("The process list, and an end by name", "프로세스 목록과 이름으로 종료하기"),
        words(
            "A snapshot lists every process of the machine; below are the tour and its children.",
            "스냅샷에는 이 컴퓨터의 모든 프로세스가 있다. 다음은 투어와 그 자식들이다.",
        ),
        words(
            "Name -> id (snapshot) -> handle (OpenProcess) -> TerminateProcess, with code 300.",
            "이름 -> ID(스냅샷) -> 핸들(OpenProcess) -> TerminateProcess, 종료 코드는 300.",
        );
    AFTERWARDS:
        words("Afterwards", "끝난 뒤"),
        words(
            "Each process closed its handles when it ended, in whatever way it ended.",
            "프로세스는 어떻게 끝나든, 끝날 때 자기 핸들을 모두 반환한다.",
        ),
        words(
            "So nothing of the tour is left: no process, no table.",
            "그래서 투어가 남긴 것은 없다. 프로세스도 테이블도 없다.",
        );
}

sentences! {
    OPENING:
        "Handles, processes and pipes, as they are on this machine now",
        "지금 이 컴퓨터에 있는 그대로의 핸들, 프로세스, 파이프";
    ALL_HELD: "Every check held", "모든 확인이 맞았다";
    NOT_ALL_HELD: "Not every check held", "맞지 않은 확인이 있다";
    BROKE_OFF: "this step broke off", "이 단계가 중단되었다";
    PARENT: "Parent", "부모";
    CHILD: "Child", "자식";
    GRANDCHILD_TITLE: "Grandchild", "손자";

    TABLE_HAS_BOTH: "one event is marked Y, the other N", "이벤트 하나는 Y, 다른 하나는 N 이다";
    TABLE_NUMBERS: "every handle is a multiple of 4", "모든 핸들은 4의 배수이다";
    TABLE_ADDRESSES: "the two objects have different addresses", "두 오브젝트의 주소가 다르다";

    INHERITED_SAME:
        "the child has the Y event: same number, same address",
        "자식에게 Y 이벤트가 있다: 같은 번호, 같은 주소";
    INHERITED_FLAG: "it is marked Y there, too", "거기에서도 Y 이다";
    INHERITED_NOT_PRIVATE: "the child does not have the N event", "자식에게 N 이벤트는 없다";
    INHERITED_USED:
        "the child signals it by that number, and the parent's wait ends",
        "자식이 그 번호로 신호를 보내면 부모의 기다림이 끝난다";

    NOTHING_INHERITED: "the child has neither event", "자식에게는 두 이벤트가 모두 없다";
    NUMBER_MEANS_NOTHING:
        "to the child, the number is an invalid handle (error 6)",
        "자식에게 그 번호는 잘못된 핸들이다 (오류 6)";

    GRANDCHILD_SAME:
        "child and grandchild have the event: same number, same address, Y",
        "자식과 손자에게 이벤트가 있다: 같은 번호, 같은 주소, Y";
    GRANDCHILD_USED:
        "the grandchild signals it, and the grandparent's wait ends",
        "손자가 신호를 보내면 조부모의 기다림이 끝난다";

    COUNT_CREATED: "created", "생성";
    COUNT_CHILD: "inherited by a child", "자식에게 상속";
    COUNT_GRANDCHILD: "inherited by a grandchild", "손자에게 상속";
    COUNT_DUPLICATE: "duplicated here", "여기에서 복제";
    COUNT_CLOSED_COPY: "the duplicate closed", "복제한 핸들 반환";
    COUNT_GRANDCHILD_ENDED: "the grandchild ended", "손자 종료";
    COUNT_CHILD_CLOSED: "closed by the child", "자식이 반환";
    COUNT_LAST_CLOSED: "the last handle closed", "마지막 핸들 반환";
    COUNTS_FOLLOW: "the count went 1 2 3 4 3 2 1", "사용 횟수가 1 2 3 4 3 2 1 로 변했다";
    COUNT_DESTROYED:
        "at 0 the object is destroyed: no table has it",
        "0이 되어 오브젝트가 소멸되었다: 어느 테이블에도 없다";

    PSEUDO_VALUE: "GetCurrentProcess()", "GetCurrentProcess()";
    PSEUDO_IN_NO_TABLE: "it is -1, and in no table", "값은 -1 이고, 테이블에 없다";
    PSEUDO_REAL:
        "its duplicate is a line of the table, for the same object",
        "복제한 핸들은 테이블에 있고, 같은 오브젝트를 가리킨다";
    PSEUDO_THERE: "to the child, -1 is the child itself", "자식에게 -1 은 자식 자신이다";
    PSEUDO_SENT:
        "duplicated into the child, it means the parent there",
        "자식에게 복제한 핸들은 거기에서도 부모를 뜻한다";

    DUPLICATED_NUMBERS: "the number here -> there", "여기 번호 -> 자식의 번호";
    DUPLICATED_ADDRESS:
        "the child has it now, with the same address",
        "이제 자식에게도 있으며 주소가 같다";
    DUPLICATED_OTHER_NUMBER: "the number is another one", "핸들 번호는 다르다";
    DUPLICATED_ORIGIN:
        "its line says that this process has put it there",
        "이 프로세스가 복제해 주었다고 적혀 있다";
    DUPLICATED_COUNT: "the usage count is 2", "사용 횟수는 2 이다";
    DUPLICATED_USED:
        "the child signals it, and the parent's wait ends",
        "자식이 신호를 보내면 부모의 기다림이 끝난다";
    DUPLICATED_CLOSED:
        "the child has closed its own, and the count is 1",
        "자식이 자기 핸들을 반환하여 사용 횟수는 1 이다";

    PIPE_READ: "read from the child", "자식에게서 읽은 것";
    PIPE_BOTH: "parent and child both held the end to write to", "부모와 자식이 모두 쓰기용 핸들을 가졌다";
    PIPE_ARRIVED: "what the child wrote came in full", "자식이 쓴 것이 모두 도착했다";
    PIPE_ENDED:
        "with the last writer gone, the pipe is broken (error 109)",
        "쓰는 쪽이 모두 없어지면 파이프는 끊어진다 (오류 109)";
    SORT_READ: "through sort", "sort 를 지나서";
    SORT_SORTED: "sort has sorted the words and ended with 0", "sort 가 낱말을 정렬하고 0 으로 끝났다";

    NAMED_NAME: "the pipe's name", "파이프의 이름";
    NAMED_PEER: "client and server know each other's process", "클라이언트와 서버는 서로의 프로세스를 안다";
    NAMED_APART:
        "three messages arrive as three, the empty one too",
        "메시지 셋은 셋으로, 빈 메시지도 그대로 도착한다";
    NAMED_SHORT:
        "a short buffer is refused (error 234), and the message is still there",
        "짧은 버퍼는 거절되고(오류 234), 메시지는 그대로 남아 있다";
    NAMED_CALL: "question and answer", "물음과 대답";
    NAMED_ANSWERED: "a transaction brings the answer to its question", "트랜잭션은 물음에 대한 대답을 가져온다";
    BUSY_REFUSED: "a second client is refused (error 231)", "두 번째 클라이언트는 거절된다 (오류 231)";
    BUSY_TIMEOUT: "waiting for it ends when the time is over (error 121)", "기다리는 시간이 다하면 끝난다 (오류 121)";
    BUSY_FREE: "when the server listens again, who waits gets the pipe", "서버가 다시 기다리면, 기다리던 쪽이 파이프를 얻는다";
    KILLED_TOLD: "the server's read ends with error 109", "서버의 읽기는 오류 109 로 끝난다";
    KILLED_LAST: "what the client had written can still be read", "클라이언트가 이미 쓴 것은 읽을 수 있다";
    KILLED_NEXT: "after DisconnectNamedPipe the next client is served", "DisconnectNamedPipe 뒤에 다음 클라이언트를 받는다";

    MAIL_NAME: "the mailslot's name", "메일슬롯의 이름";
    MAIL_WAITS: "what two children sent waits there", "두 자식이 보낸 것이 기다리고 있다";
    MAIL_READ: "read", "읽은 것";
    MAIL_WHOLE: "whole messages in their order, the empty one too", "빈 것까지 온전한 메시지가 순서대로 왔다";
    MAIL_INHERITED:
        "a child that inherited the handle reads on when the parent has closed it",
        "부모가 닫은 뒤에도 핸들을 상속받은 자식이 이어서 읽는다";
    MAIL_CLOSED:
        "when nobody reads any more, writing is refused (error 38)",
        "읽는 쪽이 없어지면 쓰기가 거부된다 (오류 38)";

    MUTEX_NAME: "the name", "이름";
    MUTEX_FOUND:
        "parent and child hold the same mutex, which neither gave the other",
        "서로 준 적이 없어도 부모와 자식이 같은 뮤텍스를 가지고 있다";
    MUTEX_STATE: "its state (process/thread)", "상태 (프로세스/스레드)";
    MUTEX_OWNED: "the child owns it, and nobody else gets it", "자식이 소유하고 있어 다른 쪽은 얻지 못한다";
    MUTEX_ABANDONED:
        "its owner was ended: the wait succeeds, and says so",
        "소유자가 종료되자 기다림이 성공하고 그 사실을 알려 준다";
    MUTEX_INHERITED: "given back, it is the second child's", "반환하자 둘째 자식의 것이 되었다";
    MUTEX_RELEASED: "which gives it back in turn", "둘째 자식도 반환했다";
    MUTEX_GONE: "with the last handle the name is gone (error 2)", "마지막 핸들과 함께 이름도 없어졌다 (오류 2)";

    VARIABLE_INHERITED: "inherited", "상속";
    VARIABLE_IS_INHERITED:
        "the child has the parent's value, asked in upper case",
        "대문자로 물어도 자식은 부모의 값을 가지고 있다";
    VARIABLE_GIVEN: "given by CreateProcess", "CreateProcess 로 전달";
    VARIABLE_IS_GIVEN:
        "a child can be given another value; the parent's stays",
        "자식에게 다른 값을 줄 수 있으며 부모의 값은 그대로이다";
    VARIABLE_CHANGED: "changed by the child: child / parent", "자식이 변경: 자식 / 부모";
    VARIABLE_STAYS: "it is changed in the child only", "자식에게서만 바뀌었다";

    LIST_LENGTH: "processes on this machine", "이 컴퓨터의 프로세스 수";
    LIST_HAS_ALL: "the list has both children, with the tour as parent", "목록에 두 자식이 있고 부모는 투어이다";
    NAME_TO_ID: "name -> ids", "이름 -> ID";
    NAME_FOUND: "the name leads to these two and no others", "그 이름은 이 둘만을 가리킨다";
    KILLED_BOTH: "both were ended by name", "이름으로 둘 다 종료했다";
    KILLED_CODES: "exit codes", "종료 코드";
    KILLED_CODE: "the exit code is 300, though Linux keeps eight bits", "리눅스는 8비트만 남기지만 종료 코드는 300 이다";
    KILLED_GONE: "the list has them no more, though handles to them are open", "핸들이 열려 있어도 목록에는 더 없다";
    KILLED_TWICE:
        "to end a process twice is refused (error 5), and the code stays",
        "두 번 종료하는 것은 거부되고(오류 5) 종료 코드는 그대로이다";

    STARTED: "processes the tour had started", "투어가 시작한 프로세스 수";
    NO_PROCESS_LEFT: "none of them runs", "실행 중인 것이 없다";
    NO_TABLE_LEFT: "none of them has a handle table", "핸들 테이블이 남은 것도 없다";
}
