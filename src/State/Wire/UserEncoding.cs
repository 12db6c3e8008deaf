using System.Collections.Immutable;
using Pomerium.Fast.State.Records;

namespace Pomerium.Fast.State.Wire;

/// <summary>Message <c>user.User</c>, field numbers of state 5.2.</summary>
internal static class UserEncoding
{
    public static ReadOnlyMemory<byte> Encode(UserRecord user)
    {
        ProtoWriter into = new();
        into.Text(2, user.Id);
        into.Text(3, user.Name);
        into.Text(4, user.Email);
        ClaimEncoding.Write(into, 9, user.Claims);
        return into.Written;
    }

    public static UserRecord Decode(ReadOnlySpan<byte> bytes)
    {
        string id = "",
            name = "",
            email = "";
        List<KeyValuePair<string, ImmutableArray<object?>>> claims = [];
        ProtoReader from = new(bytes);
        while (from.MoveNext())
        {
            switch (from.Field)
            {
                case 2:
                    id = from.Text();
                    break;
                case 3:
                    name = from.Text();
                    break;
                case 4:
                    email = from.Text();
                    break;
                case 9:
                    claims.Add(ClaimEncoding.ReadEntry(from.Value));
                    break;
                default:
                    break;
            }
        }
        return new UserRecord
        {
            Id = id,
            Name = name,
            Email = email,
            Claims = new ClaimSet(claims),
        };
    }
}
