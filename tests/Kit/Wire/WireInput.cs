using System.Buffers;
using System.Text;

namespace Pomerium.Fast.Kit.Wire;

/// <summary>One text as bytes, cut in one way. Parts in order; together they are the text.</summary>
public sealed class WireInput
{
    private readonly string _cut;

    public WireInput(string text, string cut, params int[] at)
    {
        Text = text;
        _cut = cut;
        Bytes = Encoding.Latin1.GetBytes(text);
        List<ReadOnlyMemory<byte>> parts = [];
        int start = 0;
        foreach (int position in at)
        {
            parts.Add(Bytes.AsMemory(start, position - start));
            start = position;
        }
        parts.Add(Bytes.AsMemory(start));
        Parts = parts;
    }

    /// <summary>Each character is one byte.</summary>
    public string Text { get; }
    public byte[] Bytes { get; }
    public IReadOnlyList<ReadOnlyMemory<byte>> Parts { get; }

    /// <summary>The parts as segments of one sequence.</summary>
    public ReadOnlySequence<byte> Sequence => Segment.Join(Parts);

    /// <summary>Whole; every byte alone; and in two parts, cut at each position.</summary>
    public static IEnumerable<WireInput> EveryCut(string text)
    {
        yield return new WireInput(text, "whole");
        if (text.Length < 2)
        {
            yield break;
        }
        yield return new WireInput(text, "byte by byte", [.. Enumerable.Range(1, text.Length - 1)]);
        for (int i = 1; i < text.Length; i++)
        {
            yield return new WireInput(text, $"cut at {i}", i);
        }
    }

    public override string ToString() => $"{_cut}: {(Text.Length > 60 ? Text[..60] + "…" : Text)}";

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public static ReadOnlySequence<byte> Join(IReadOnlyList<ReadOnlyMemory<byte>> parts)
        {
            Segment first = new() { Memory = parts[0] };
            Segment last = first;
            foreach (ReadOnlyMemory<byte> part in parts.Skip(1))
            {
                Segment next = new() { Memory = part, RunningIndex = last.RunningIndex + last.Memory.Length };
                last.Next = next;
                last = next;
            }
            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }
}
