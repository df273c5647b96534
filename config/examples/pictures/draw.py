#!/usr/bin/python3
"""Draws the pictures of this folder: config/examples/pictures/draw.py (needs python3-pil). Plain shapes at four times the size,
then made smaller; nobody's photographs and nobody's brands."""
import os
from PIL import Image, ImageDraw

SIDE, TIMES = 360, 4
HERE = os.path.dirname(os.path.abspath(__file__))


class Sheet:
    """Coordinates in thousandths of the side."""

    def __init__(self):
        self.image = Image.new("RGBA", (SIDE * TIMES, SIDE * TIMES), (0, 0, 0, 0))
        self.draw = ImageDraw.Draw(self.image)

    @staticmethod
    def at(*values):
        return [v * SIDE * TIMES / 1000 for v in values]

    def box(self, x0, y0, x1, y1, colour, radius=0):
        self.draw.rounded_rectangle(self.at(x0, y0, x1, y1), self.at(radius)[0], fill=colour)

    def disc(self, x, y, rx, ry, colour):
        self.draw.ellipse(self.at(x - rx, y - ry, x + rx, y + ry), fill=colour)

    def shape(self, colour, *points):
        self.draw.polygon([tuple(self.at(*p)) for p in points], fill=colour)

    def line(self, colour, width, *points):
        at = [tuple(self.at(*p)) for p in points]
        self.draw.line(at, fill=colour, width=int(self.at(width)[0]), joint="curve")
        for x, y in at:
            r = self.at(width)[0] / 2
            self.draw.ellipse([x - r, y - r, x + r, y + r], fill=colour)

    def save(self, name):
        small = self.image.resize((SIDE, SIDE), Image.LANCZOS)
        small.quantize(96, method=Image.Quantize.FASTOCTREE).save(os.path.join(HERE, name + ".png"), optimize=True)


def shadow(s, x0, x1, y):
    s.disc((x0 + x1) / 2, y, (x1 - x0) / 2, 26, (20, 35, 50, 46))


def cola(s):
    shadow(s, 260, 740, 945)
    s.box(300, 110, 700, 930, "#B3202A", 70)
    s.box(300, 110, 390, 930, "#D2404A", 60)
    s.box(620, 110, 700, 930, "#8C141E", 60)
    s.box(300, 330, 700, 720, "#F7F1E6")
    s.shape("#B3202A", (300, 560), (420, 480), (560, 600), (700, 470), (700, 600), (560, 720), (420, 610), (300, 680))
    s.disc(500, 118, 190, 44, "#C9D0D6")
    s.disc(500, 108, 160, 32, "#E4E9ED")
    s.disc(500, 96, 58, 15, "#97A2AB")
    s.disc(500, 915, 178, 34, "#97A2AB")
    s.disc(500, 900, 192, 36, "#B3202A")
    for x, y, r in ((430, 420, 26), (560, 400, 18), (500, 450, 14)):
        s.disc(x, y, r, r, "#E9B9B0")


def water(s):
    shadow(s, 300, 700, 950)
    s.box(430, 40, 570, 150, "#1F6FB5", 26)
    s.shape("#BFE0F4", (445, 140), (555, 140), (680, 330), (320, 330))
    s.box(320, 290, 680, 945, "#BFE0F4", 70)
    s.box(345, 320, 410, 905, "#E6F4FC", 32)
    s.box(610, 320, 660, 905, "#94C8E8", 26)
    s.box(320, 470, 680, 730, "#1F6FB5")
    s.shape("#FFFFFF", (500, 500), (430, 610), (570, 610))
    s.disc(500, 620, 72, 66, "#FFFFFF")
    for y in (800, 850):
        s.line("#94C8E8", 12, (350, y), (650, y))


def nuts(s):
    shadow(s, 210, 790, 935)
    s.shape("#D9932B", (230, 120), (770, 120), (740, 200), (790, 520), (745, 930), (255, 930), (210, 520), (260, 200))
    s.shape("#B87516", (230, 120), (770, 120), (752, 180), (248, 180))
    s.shape("#B87516", (250, 880), (750, 880), (745, 930), (255, 930))
    s.box(300, 270, 700, 470, "#FFF4DC", 40)
    s.box(345, 330, 655, 365, "#B87516", 17)
    s.box(345, 395, 560, 425, "#D9B273", 15)
    for x, y in ((400, 620), (600, 640), (480, 780), (660, 790), (340, 770)):
        s.disc(x, y, 72, 50, "#F1D29B")
        s.disc(x - 10, y - 8, 50, 32, "#FBE7C2")
        s.line("#C9983F", 10, (x - 50, y), (x + 50, y))


def crisps(s):
    shadow(s, 200, 800, 945)
    s.shape("#C8342F", (215, 90), (785, 90), (755, 180), (800, 520), (760, 945), (240, 945), (200, 520), (245, 180))
    s.shape("#97201D", (215, 90), (785, 90), (767, 150), (233, 150))
    s.shape("#97201D", (243, 890), (757, 890), (760, 945), (240, 945))
    s.disc(500, 400, 210, 150, "#FFD24A")
    s.box(360, 350, 640, 390, "#97201D", 20)
    s.box(400, 420, 600, 450, "#C8342F", 15)
    for x, y, rx, ry in ((370, 680, 105, 66), (610, 660, 110, 70), (490, 780, 120, 70), (690, 790, 80, 52), (310, 800, 80, 50)):
        s.disc(x, y, rx, ry, "#E8A92C")
        s.disc(x - 6, y - 8, rx - 16, ry - 14, "#F8CF66")
        s.line("#E8A92C", 9, (x - rx // 2, y - 6), (x, y + 10), (x + rx // 2, y - 8))


def bar(s):
    shadow(s, 110, 890, 800)
    s.shape("#2E7D4F", (70, 330), (170, 300), (830, 300), (930, 330), (905, 545), (930, 770), (830, 790), (170, 790), (70, 770), (95, 545))
    s.shape("#1F5C39", (70, 330), (170, 300), (170, 790), (70, 770), (95, 545))
    s.shape("#1F5C39", (930, 330), (830, 300), (830, 790), (930, 770), (905, 545))
    s.box(230, 370, 770, 720, "#F4EBD2", 46)
    for x, y, c in ((330, 480, "#C98B3C"), (430, 590, "#8B5A22"), (350, 630, "#B23A48"), (470, 450, "#8B5A22"), (540, 560, "#C98B3C"),
                    (640, 470, "#B23A48"), (650, 610, "#C98B3C"), (560, 650, "#8B5A22")):
        s.disc(x, y, 52, 40, c)
        s.disc(x - 12, y - 10, 20, 13, (255, 255, 255, 90))


def crackers(s):
    shadow(s, 200, 800, 950)
    s.box(220, 90, 780, 940, "#3E5C86", 26)
    s.shape("#2B4366", (690, 90), (780, 120), (780, 930), (690, 940))
    s.box(220, 200, 690, 330, "#F3D9A2")
    s.box(270, 240, 640, 290, "#3E5C86", 24)
    for x, y in ((360, 520), (560, 600), (390, 760)):
        s.box(x - 120, y - 110, x + 120, y + 110, "#E8B765", 34)
        s.box(x - 100, y - 90, x + 100, y + 90, "#F3CC87", 26)
        for dx in (-55, 0, 55):
            for dy in (-48, 0, 48):
                s.disc(x + dx, y + dy, 11, 11, "#B98235")


def chocolate(s):
    shadow(s, 170, 830, 950)
    s.box(200, 60, 800, 560, "#5A3118", 22)
    for x in range(3):
        for y in range(3):
            s.box(225 + x * 190, 85 + y * 160, 395 + x * 190, 225 + y * 160, "#744325", 18)
            s.box(245 + x * 190, 105 + y * 160, 375 + x * 190, 205 + y * 160, "#834E2D", 12)
    s.shape("#DDE3E8", (170, 470), (250, 430), (330, 480), (420, 420), (520, 480), (610, 430), (700, 480), (770, 430), (830, 480), (830, 600), (170, 600))
    s.box(170, 540, 830, 945, "#6A3FA0", 26)
    s.box(170, 620, 830, 860, "#F5EEFB")
    s.box(250, 680, 750, 730, "#6A3FA0", 24)
    s.box(320, 765, 680, 800, "#B79AD6", 17)


def coffee(s):
    for x in (380, 500, 620):
        s.line("#B9C4CE", 26, (x, 60), (x - 36, 120), (x + 22, 180), (x - 8, 240))
    shadow(s, 290, 710, 950)
    s.shape("#F4EFE8", (250, 320), (750, 320), (690, 945), (310, 945))
    s.shape("#D8CDBF", (650, 320), (750, 320), (690, 945), (630, 945))
    s.box(215, 270, 785, 350, "#4A2C1A", 34)
    s.shape("#8A5A35", (272, 480), (728, 480), (705, 740), (295, 740))
    s.disc(500, 610, 76, 96, "#F4EFE8")
    s.line("#8A5A35", 20, (520, 530), (485, 590), (515, 640), (482, 692))


def tea(s):
    for x in (380, 500, 620):
        s.line("#B9C4CE", 26, (x, 60), (x - 36, 120), (x + 22, 180), (x - 8, 240))
    s.disc(470, 900, 360, 46, "#D7DEE4")
    s.disc(470, 886, 330, 34, "#EEF2F5")
    s.disc(770, 560, 130, 140, "#9FBFCF")
    s.disc(770, 560, 82, 92, (0, 0, 0, 0))
    s.shape("#CFE2EA", (180, 320), (760, 320), (710, 800), (610, 890), (330, 890), (230, 800))
    s.shape("#B4622A", (196, 400), (744, 400), (704, 784), (602, 866), (338, 866), (236, 784))
    s.disc(470, 400, 274, 44, "#D08A45")
    s.shape("#C97F3D", (230, 440), (300, 450), (325, 800), (280, 780))
    s.disc(470, 320, 290, 46, "#E9F3F7")
    s.disc(470, 326, 256, 34, "#D08A45")
    s.line("#8A97A1", 10, (560, 330), (640, 420), (630, 520))
    s.box(540, 510, 715, 700, "#FFFFFF", 20)
    s.shape("#2E7D4F", (570, 650), (580, 570), (680, 545), (675, 630), (610, 665))
    s.line("#BFE3CC", 10, (585, 650), (660, 570))


def locker(s):
    shadow(s, 230, 770, 960)
    s.box(240, 60, 760, 950, "#5B7A99", 30)
    s.box(275, 95, 725, 915, "#7C9ABA", 20)
    for y in (190, 240, 290):
        s.box(380, y, 620, y + 24, "#4C6783", 12)
    s.box(610, 470, 675, 640, "#33475C", 22)
    s.disc(642, 520, 18, 18, "#C9D6E2")


def parking(s):
    s.box(110, 110, 890, 890, "#14568F", 120)
    s.box(150, 150, 850, 850, "#1B6AAF", 96)
    s.box(350, 260, 460, 760, "#FFFFFF")
    s.disc(530, 415, 160, 155, "#FFFFFF")
    s.box(350, 260, 530, 570, "#FFFFFF")
    s.disc(528, 415, 62, 58, "#1B6AAF")
    s.box(460, 357, 528, 473, "#1B6AAF")


def ticket(s):
    shadow(s, 120, 880, 800)
    s.box(90, 260, 910, 760, "#F0B429", 46)
    s.disc(90, 510, 62, 62, (0, 0, 0, 0))
    s.disc(910, 510, 62, 62, (0, 0, 0, 0))
    for y in range(300, 740, 62):
        s.box(655, y, 671, y + 34, "#B37E0C", 8)
    s.box(190, 350, 590, 400, "#7A5200", 24)
    s.box(190, 450, 520, 490, "#B37E0C", 20)
    s.box(190, 620, 420, 660, "#B37E0C", 20)
    s.line("#7A5200", 40, (715, 520), (765, 580), (850, 450))


def main():
    for draw in (cola, water, nuts, crisps, bar, crackers, chocolate, coffee, tea, locker, parking, ticket):
        sheet = Sheet()
        draw(sheet)
        sheet.save(draw.__name__)


if __name__ == "__main__":
    main()
