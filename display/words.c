#include "display/words.h"

#include <stddef.h>
#include <string.h>

enum { BE, RU, UK, EN, LANGUAGES };

static const char *const language_codes[LANGUAGES] = {"be", "ru", "uk", "en"};

/* clang-format off */
static const char *const words[WORD_COUNT][LANGUAGES] = {
    [WORD_SCAN] = {"Скануйце код у праграме свайго банка", "Сканируйте код в приложении своего банка",
                   "Скануйте код у застосунку свого банку", "Scan a code with your bank's app"},
    [WORD_HELP] = {"Дапамога:", "Помощь:", "Допомога:", "Help:"},
    [WORD_REFERENCE] = {"Нумар аплаты:", "Номер платежа:", "Номер платежу:", "Payment reference:"},
    [WORD_THANKS] = {"Дзякуй!", "Спасибо!", "Дякуємо!", "Thank you!"},
    [WORD_WAIT] = {"Калі ласка, пачакайце.", "Пожалуйста, подождите.", "Будь ласка, зачекайте.", "One moment, please."},
    [WORD_PAID] = {"Аплата атрымана", "Оплата получена", "Оплату отримано", "Payment received"},
    [WORD_MOVING] = {"Выконваем заказ", "Выполняем заказ", "Виконуємо замовлення", "On its way"},
    [WORD_TAKE] = {"Гатова, забірайце", "Готово, забирайте", "Готово, забирайте", "Ready, please take it"},
    [WORD_FAILED] = {"Не атрымалася", "Не получилось", "Не вийшло", "It did not work"},
    [WORD_UNKNOWN] = {"Правяраем", "Проверяем", "Перевіряємо", "We are checking"},
    [WORD_REFUSED] = {"Аплата не прынята", "Оплата не принята", "Оплату не прийнято", "Payment not accepted"},
    [WORD_MONEY_BACK] = {"Грошы вернуцца.", "Деньги вернутся.", "Гроші повернуться.", "The money goes back."},
    [WORD_MONEY_KEPT] = {"Грошы не вяртаюцца.", "Деньги не возвращаются.", "Гроші не повертаються.",
                         "The money is not returned."},
    [WORD_MONEY_REVIEW] = {"Аператар праверыць і адкажа вам.", "Оператор проверит и ответит вам.",
                           "Оператор перевірить і відповість вам.", "The operator checks and answers you."},
    [WORD_OPERATOR_CHECKS] = {"Не бачым, ці выдадзены заказ. Аператар праверыць і адкажа вам.",
                              "Не видим, выдан ли заказ. Оператор проверит и ответит вам.",
                              "Не бачимо, чи видано замовлення. Оператор перевірить і відповість вам.",
                              "We could not see whether it came out. The operator checks and answers you."},
    [WORD_OUT_OF_SERVICE] = {"Не працуе", "Не работает", "Не працює", "Out of service"},
    [WORD_DO_NOT_PAY] = {"Калі ласка, пакуль не плаціце.", "Пожалуйста, пока не платите.",
                         "Будь ласка, поки не платіть.", "Please don't pay now."},
    [WORD_STARTING] = {"Уключаемся", "Включаемся", "Вмикаємося", "Starting"},
    [WORD_OFFLINE] = {"Няма сувязі", "Нет связи", "Немає зв'язку", "No connection"},
    [WORD_OFFLINE_DETAIL] = {"Калі ласка, пакуль не плаціце: мы не ўбачым аплату.",
                             "Пожалуйста, пока не платите: мы не увидим оплату.",
                             "Будь ласка, поки не платіть: ми не побачимо оплату.",
                             "Please don't pay now: we could not see your payment."},
    [WORD_DOOR] = {"Дзверцы адчынены", "Дверца открыта", "Дверцята відчинені", "The door is open"},
    [WORD_DOOR_DETAIL] = {"Ідзе абслугоўванне. Калі ласка, пакуль не плаціце.",
                          "Идёт обслуживание. Пожалуйста, пока не платите.",
                          "Триває обслуговування. Будь ласка, поки не платіть.",
                          "Being serviced. Please don't pay now."},
    [WORD_FIRE] = {"Пажарная трывога", "Пожарная тревога", "Пожежна тривога", "Fire alarm"},
    [WORD_FIRE_DETAIL] = {"Выходзьце па знаках. Калі ласка, не плаціце.",
                          "Выходите по знакам. Пожалуйста, не платите.",
                          "Виходьте за знаками. Будь ласка, не платіть.",
                          "Follow the exit signs. Please don't pay."},
    [WORD_CLOCK_DETAIL] = {"Ставім гадзіннік. Калі ласка, пакуль не плаціце.",
                           "Настраиваем часы. Пожалуйста, пока не платите.",
                           "Налаштовуємо годинник. Будь ласка, поки не платіть.",
                           "Setting the clock. Please don't pay now."},
    [WORD_SOLD_OUT] = {"Распрададзена", "Распродано", "Розпродано", "Sold out"},
    [WORD_NOT_ON_SALE] = {"Не прадаецца", "Не продаётся", "Не продається", "Not on sale"},
    [WORD_UNAVAILABLE] = {"Часова недаступна", "Временно недоступно", "Тимчасово недоступно", "Not available now"},
    [WORD_BUSY] = {"Занята, хвілінку", "Занято, минутку", "Зайнято, хвилинку", "Busy, one moment"},
    [WORD_TOO_LONG] = {"Код не змяшчаецца на экране", "Код не помещается на экране", "Код не вміщується на екрані",
                       "The code does not fit this screen"},
    [WORD_HELD] = {"Праезд вольны", "Проезд свободен", "Проїзд вільний", "Free passage"},
    [WORD_HELD_DETAIL] = {"Шлагбаум адчынены. Калі ласка, не плаціце.", "Шлагбаум открыт. Пожалуйста, не платите.",
                          "Шлагбаум відчинено. Будь ласка, не платіть.", "The barrier is open. Please don't pay now."},
    [WORD_ARM] = {"Пачакайце", "Подождите", "Зачекайте", "Please wait"},
    [WORD_ARM_DETAIL] = {"Шлагбаум яшчэ не апусціўся. Калі ласка, пакуль не плаціце.",
                         "Шлагбаум ещё не опустился. Пожалуйста, пока не платите.",
                         "Шлагбаум ще не опустився. Будь ласка, поки не платіть.",
                         "The arm is not down yet. Please don't pay now."},
    [WORD_NO_SCREEN] = {"Экран не працуе", "Экран не работает", "Екран не працює", "Screen out of service"},
    [WORD_LANE_CLOSED] = {"Зачынена", "Закрыто", "Зачинено", "Closed"},
    [WORD_LANE_DRIVE_UP] = {"Пад'язджайце", "Подъезжайте", "Під'їжджайте", "Drive in"},
    [WORD_LANE_DRIVE_UP_DETAIL] = {"Пад'едзьце да шлагбаума і аплаціце.", "Подъедьте к шлагбауму и оплатите.",
                                   "Під'їдьте до шлагбаума і сплатіть.", "Drive up to the barrier and pay."},
    [WORD_LANE_DRIVE_OUT] = {"Выязджайце", "Выезжайте", "Виїжджайте", "Drive out"},
    [WORD_LANE_PAY] = {"Аплаціце", "Оплатите", "Сплатіть", "Pay"},
    [WORD_LANE_PAY_DETAIL] = {"Скануйце код у праграме банка.", "Сканируйте код в приложении банка.",
                              "Скануйте код у застосунку банку.", "Scan the code with your bank's app."},
    [WORD_LANE_PAID] = {"Аплачана", "Оплачено", "Сплачено", "Paid"},
    [WORD_LANE_PAID_DETAIL] = {"Пад'едзьце да шлагбаума: ён адчыніцца.", "Подъедьте к шлагбауму: он откроется.",
                               "Під'їдьте до шлагбаума: він відчиниться.", "Drive up to the barrier: it will open."},
    [WORD_LANE_OPENING] = {"Адчыняем", "Открываем", "Відчиняємо", "Opening"},
    [WORD_LANE_OPENING_DETAIL] = {"Аплата прынята. Пачакайце.", "Оплата принята. Подождите.",
                                  "Оплату прийнято. Зачекайте.", "Payment accepted. One moment."},
    [WORD_LANE_DRIVE] = {"Праязджайце", "Проезжайте", "Проїжджайте", "Go"},
    [WORD_LANE_WALK] = {"Праходзьце", "Проходите", "Проходьте", "Go"},
    [WORD_LANE_RETURN] = {"Вярніцеся", "Вернитесь", "Поверніться", "Back in"},
    [WORD_LANE_RETURN_DETAIL] = {"Аплата захавана. Пад'едзьце зноў: адчынім.",
                                 "Оплата сохранена. Подъедьте снова: откроем.",
                                 "Оплату збережено. Під'їдьте знову: відчинимо.",
                                 "Your payment is kept. Drive up again and it opens."},
    [WORD_LANE_HELP] = {"Дапамога", "Помощь", "Допомога", "Help"},
    [WORD_LANE_HELP_DETAIL] = {"Заставайцеся тут і патэлефануйце.", "Оставайтесь здесь и позвоните.",
                               "Залишайтеся тут і зателефонуйте.", "Please stay here and call."},
    [WORD_LANE_CHECKS] = {"Не бачым, ці праехалі вы. Аператар праверыць і адкажа вам.",
                          "Не видим, проехали ли вы. Оператор проверит и ответит вам.",
                          "Не бачимо, чи проїхали ви. Оператор перевірить і відповість вам.",
                          "We could not see whether you passed. The operator checks and answers you."},
    [WORD_LANE_IN] = {"Уваход", "Вход", "Вхід", "Way in"},
    [WORD_LANE_OUT] = {"Выхад", "Выход", "Вихід", "Way out"},
    [WORD_LANE_RIGHTS] = {"Аплачана праходаў:", "Оплачено проходов:", "Сплачено проходів:", "Passages paid:"},
    [WORD_LIST] = {"Прынятыя аплаты", "Принятые оплаты", "Прийняті оплати", "Payments accepted"},
    [WORD_LIST_EMPTY] = {"Ваша аплата з'явіцца тут.", "Ваша оплата появится здесь.", "Ваша оплата з'явиться тут.",
                         "Your payment appears here."},
    [WORD_LAST_HOUR] = {"Апошняя гадзіна", "Последний час", "Остання година", "Last hour"},
    [WORD_SINCE] = {"памятаем з", "помним с", "пам'ятаємо з", "kept since"},
    [WORD_REASON_UNKNOWN_PRODUCT] = {"Такога тавару тут няма.", "Такого товара здесь нет.", "Такого товару тут немає.",
                                     "This product is not sold here."},
    [WORD_REASON_WRONG_AMOUNT] = {"Сума не роўная цане.", "Сумма не равна цене.", "Сума не дорівнює ціні.",
                                  "The amount is not the price."},
    [WORD_REASON_WRONG_CURRENCY] = {"Аплачана ў іншай валюце.", "Оплачено в другой валюте.",
                                    "Сплачено в іншій валюті.", "Paid in another currency."},
    [WORD_REASON_EXPIRED] = {"Аплата прыйшла запозна.", "Оплата пришла слишком поздно.", "Оплата надійшла запізно.",
                             "The payment came too late."},
    [WORD_REASON_SOLD_OUT] = {"Тавар скончыўся.", "Товар закончился.", "Товар закінчився.", "It is sold out."},
    [WORD_REASON_OUT_OF_SERVICE] = {"Апарат не працуе.", "Аппарат не работает.", "Апарат не працює.",
                                    "The machine is out of service."},
    [WORD_REASON_CLOCK] = {"Гадзіннік апарата не ўсталяваны.", "Часы аппарата не установлены.",
                           "Годинник апарата не встановлено.", "The machine's clock is not set."},
    [WORD_REASON_CONFLICT] = {"Гэты нумар аплаты ўжо выкарыстаны.", "Этот номер платежа уже использован.",
                              "Цей номер платежу вже використано.", "This payment was already used."},
    [WORD_REASON_RETAINED] = {"Паведамленне аб аплаце састарэла.", "Сообщение об оплате устарело.",
                              "Повідомлення про оплату застаріло.", "The payment message is out of date."},
    [WORD_REASON_TEST] = {"Гэта праверачная аплата.", "Это проверочная оплата.", "Це перевірочна оплата.",
                          "This was a test payment."},
    [WORD_REASON_BUSY] = {"Зашмат заказаў адразу.", "Слишком много заказов сразу.", "Забагато замовлень одразу.",
                          "Too many orders at once."},
    [WORD_REASON_NO_VEHICLE] = {"Перад шлагбаумам няма машыны.", "Перед шлагбаумом нет машины.",
                                "Перед шлагбаумом немає машини.", "No vehicle at the barrier."},
    [WORD_REASON_NO_PASSAGE] = {"Ніхто не прайшоў.", "Никто не прошёл.", "Ніхто не пройшов.", "Nobody passed."},
    [WORD_REASON_NO_MOVEMENT] = {"Механізм не зрушыўся.", "Механизм не сдвинулся.", "Механізм не зрушив.",
                                 "The mechanism did not move."},
    [WORD_REASON_JAM] = {"Механізм захраснуў.", "Механизм застрял.", "Механізм застряг.", "The mechanism is stuck."},
    [WORD_REASON_NO_DROP] = {"Тавар не выпаў.", "Товар не выпал.", "Товар не випав.", "Nothing came out."},
    [WORD_REASON_POWER] = {"Прапала электрычнасць.", "Пропало электричество.", "Зникла електрика.",
                           "The power went off."},
    [WORD_REASON_SILENT] = {"Механізм не адказвае.", "Механизм не отвечает.", "Механізм не відповідає.",
                            "The mechanism does not answer."},
    [WORD_REASON_NO_DOOR] = {"Дзверцы не адчыніліся.", "Дверца не открылась.", "Дверцята не відчинилися.",
                             "The door did not open."},
    [WORD_REASON_SENSOR] = {"Датчык не адказвае.", "Датчик не отвечает.", "Датчик не відповідає.",
                            "A sensor does not answer."},
    [WORD_REASON_NOT_UP] = {"Шлагбаум не падняўся.", "Шлагбаум не поднялся.", "Шлагбаум не піднявся.",
                            "The arm did not go up."},
    [WORD_REASON_STOPPED] = {"Апарат быў спынены.", "Аппарат был остановлен.", "Апарат було зупинено.",
                             "The machine was stopped."},
    [WORD_REASON_FAULT] = {"Тэхнічная няспраўнасць.", "Техническая неисправность.", "Технічна несправність.",
                           "A technical fault."},
};
/* clang-format on */

const char *words_get(enum word word, const char *language)
{
    for (int i = 0; i < LANGUAGES; i++)
        if (strcmp(language_codes[i], language) == 0)
            return words[word][i];
    return words[word][EN];
}

struct named {
    const char *name;
    enum word headline, detail, tile;
};

static const struct named holds[] = {
    {"starting", WORD_STARTING, WORD_WAIT, WORD_UNAVAILABLE},
    {"fire", WORD_FIRE, WORD_FIRE_DETAIL, WORD_UNAVAILABLE},
    {"door_open", WORD_DOOR, WORD_DOOR_DETAIL, WORD_UNAVAILABLE},
    {"clock_untrusted", WORD_OUT_OF_SERVICE, WORD_CLOCK_DETAIL, WORD_UNAVAILABLE},
    {"offline", WORD_OFFLINE, WORD_OFFLINE_DETAIL, WORD_UNAVAILABLE},
    {"disabled", WORD_OUT_OF_SERVICE, WORD_DO_NOT_PAY, WORD_NOT_ON_SALE},
    {"sold_out", WORD_SOLD_OUT, WORD_DO_NOT_PAY, WORD_SOLD_OUT},
    {"busy", WORD_BUSY, WORD_WAIT, WORD_BUSY},
    {"held_open", WORD_HELD, WORD_HELD_DETAIL, WORD_HELD},
    {"arm_not_down", WORD_ARM, WORD_ARM_DETAIL, WORD_UNAVAILABLE},
    {"screen_lost", WORD_NO_SCREEN, WORD_DO_NOT_PAY, WORD_NO_SCREEN},
};
static const struct named hold_other = {"", WORD_OUT_OF_SERVICE, WORD_DO_NOT_PAY, WORD_UNAVAILABLE};

static const struct named *hold_find(const char *name)
{
    for (size_t i = 0; i < sizeof(holds) / sizeof(holds[0]); i++)
        if (strcmp(holds[i].name, name) == 0)
            return &holds[i];
    return &hold_other;
}

enum word words_hold_headline(const char *hold)
{
    return hold_find(hold)->headline;
}

enum word words_hold_detail(const char *hold)
{
    return hold_find(hold)->detail;
}

enum word words_hold_tile(const char *hold)
{
    return hold_find(hold)->tile;
}

static const struct {
    const char *name;
    enum word word;
} reasons[] = {
    {"unknown_product", WORD_REASON_UNKNOWN_PRODUCT},
    {"wrong_amount", WORD_REASON_WRONG_AMOUNT},
    {"wrong_currency", WORD_REASON_WRONG_CURRENCY},
    {"expired", WORD_REASON_EXPIRED},
    {"sold_out", WORD_REASON_SOLD_OUT},
    {"out_of_service", WORD_REASON_OUT_OF_SERVICE},
    {"clock_untrusted", WORD_REASON_CLOCK},
    {"conflicting_duplicate", WORD_REASON_CONFLICT},
    {"retained", WORD_REASON_RETAINED},
    {"test_payment", WORD_REASON_TEST},
    {"busy", WORD_REASON_BUSY},
    {"no_vehicle", WORD_REASON_NO_VEHICLE},
    {"no_passage", WORD_REASON_NO_PASSAGE},
    {"no_movement", WORD_REASON_NO_MOVEMENT},
    {"jam", WORD_REASON_JAM},
    {"no_drop", WORD_REASON_NO_DROP},
    {"power_loss", WORD_REASON_POWER},
    {"order_refused", WORD_REASON_SILENT},
    {"order_unknown", WORD_REASON_SILENT},
    {"no_feedback", WORD_REASON_SILENT},
    {"door_not_opened", WORD_REASON_NO_DOOR},
    {"sensor_lost", WORD_REASON_SENSOR},
    {"not_up", WORD_REASON_NOT_UP},
    {"stopped", WORD_REASON_STOPPED},
};

enum word words_reason(const char *reason)
{
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (strcmp(reasons[i].name, reason) == 0)
            return reasons[i].word;
    return WORD_REASON_FAULT;
}
