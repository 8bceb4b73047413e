"""Whether the terminal does what the specifications say, one control function after the other.

``compare_tmux`` and ``vttest`` beside the tests are programs for a person. What differs from xterm, and why:

- The size is the pane's: DECCOLM, DECSLPP, DECSCPP and the window operations that resize change nothing but
  what they clear. Lines of double width or height (DECDWL, DECDHL) stay single: a cell of the terminal has
  one size.
- Answers that could hold text of the guest do not exist: no title report, no answerback, no OSC 52 read, no
  DECCIR (the designated sets are the guest's choice), no DECRQSS echo, no hexadecimal name back by XTGETTCAP.
- RIS keeps the scrollback, which is the user's; ED 3 clears it.
- Text is UTF-8: the right half of the code table (GR, LS1R to LS3R) has no bytes of its own. Single bytes
  from 0x80 to 0x9F are controls only after the guest asked for 8-bit controls.
- Cells do not remember whether anybody wrote them: XTCHECKSUM 8, which leaves such cells out of DECRQCRA,
  takes the plain blanks behind a row's last character for them.
- There is no window: one that the guest moves or makes an icon is so for its own questions alone.
- Reverse wrap at a right margin (mode 45) goes by whether something stands there.
- A colour of the palette from 16 on is its value: DECRQSS and XTREPORTSGR tell ``38:2::r:g:b`` for it.
- Printing (MC), local echo (SRM), soft fonts, user-defined keys, pictures, the status line, pages and the
  locator are accepted or refused without effect. Of device-independent colours rgbi alone is known.
"""
