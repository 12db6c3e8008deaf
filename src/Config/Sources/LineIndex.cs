using System.Text;
using Pomerium.Fast.Config.Diagnostics;

namespace Pomerium.Fast.Config.Sources;

/// <summary>Byte offsets of UTF-8 text to lines and columns; columns count characters, as editors do.</summary>
internal sealed class LineIndex
{
    private readonly byte[] _text;
    private readonly string _sourceName;
    private readonly List<int> _starts = [0];

    public LineIndex(byte[] text, string sourceName)
    {
        _text = text;
        _sourceName = sourceName;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == (byte)'\n')
            {
                _starts.Add(i + 1);
            }
        }
    }

    public Mark At(long offset)
    {
        int found = _starts.BinarySearch((int)offset);
        int line = found >= 0 ? found : ~found - 1;
        return At(line, offset - _starts[line]);
    }

    /// <summary>Line and byte within it, both from 0.</summary>
    public Mark At(long line, long byteInLine)
    {
        int start = _starts[(int)Math.Clamp(line, 0, _starts.Count - 1)];
        int length = (int)Math.Clamp(byteInLine, 0, _text.Length - start);
        return new Mark(_sourceName, (int)line + 1, Encoding.UTF8.GetCharCount(_text, start, length) + 1);
    }
}
