using System.Collections.Immutable;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.State.Wire;

/// <summary>Claims as <c>map&lt;string, google.protobuf.ListValue&gt;</c> (state 5.1, 5.2).</summary>
internal static class ClaimEncoding
{
    // google.protobuf.Value
    private const int NullValue = 1;
    private const int NumberValue = 2;
    private const int StringValue = 3;
    private const int BoolValue = 4;

    public static void Write(ProtoWriter into, int field, ClaimSet claims)
    {
        foreach ((string name, ImmutableArray<object?> values) in claims.All)
        {
            ProtoWriter list = new();
            foreach (object? value in values)
            {
                list.Message(1, Value(value));
            }
            ProtoWriter entry = new();
            entry.Text(1, name);
            entry.Message(2, list);
            into.Message(field, entry);
        }
    }

    public static KeyValuePair<string, ImmutableArray<object?>> ReadEntry(ReadOnlySpan<byte> bytes)
    {
        string name = "";
        ImmutableArray<object?> values = [];
        ProtoReader entry = new(bytes);
        while (entry.MoveNext())
        {
            if (entry.Field == 1)
            {
                name = entry.Text();
            }
            else if (entry.Field == 2)
            {
                values = ReadList(entry.Value);
            }
        }
        return new(name, values);
    }

    private static ImmutableArray<object?> ReadList(ReadOnlySpan<byte> bytes)
    {
        ImmutableArray<object?>.Builder values = ImmutableArray.CreateBuilder<object?>();
        ProtoReader list = new(bytes);
        while (list.MoveNext())
        {
            ProtoReader value = new(list.Value);
            if (!value.MoveNext())
            {
                values.Add(null);
            }
            else
            {
                // Structures and lists inside a claim's list mean nothing to policies (identity 6.2) and are left out.
                switch (value.Field)
                {
                    case NullValue:
                        values.Add(null);
                        break;
                    case NumberValue:
                        values.Add(BitConverter.UInt64BitsToDouble(value.Number));
                        break;
                    case StringValue:
                        values.Add(value.Text());
                        break;
                    case BoolValue:
                        values.Add(value.Number != 0);
                        break;
                    default:
                        break;
                }
            }
        }
        return values.ToImmutable();
    }

    private static ProtoWriter Value(object? value)
    {
        ProtoWriter into = new();
        switch (value)
        {
            case string text:
                into.TextAlways(StringValue, text);
                break;
            case bool flag:
                into.FlagAlways(BoolValue, flag);
                break;
            case double number:
                into.Float(NumberValue, number);
                break;
            default:
                into.Number(NullValue, 0);
                break;
        }
        return into;
    }
}
