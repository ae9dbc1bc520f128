// SPDX-License-Identifier: Apache-2.0 OR MIT

// go-waku's side of the tests in this folder: reads a file of records, one JSON object a line, decodes each with
// go-waku's classes, compares the fields one by one, encodes what it was told, and writes a line of its own:
// the frame in hex, the message's hash or the shard, and the differences, with tabs between them.
package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	gossipsub "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-msgio"
	"github.com/libp2p/go-msgio/pbio"
	"github.com/waku-org/go-waku/waku/v2/protocol"
	filter "github.com/waku-org/go-waku/waku/v2/protocol/filter/pb"
	legacy_store "github.com/waku-org/go-waku/waku/v2/protocol/legacy_store/pb"
	lightpush "github.com/waku-org/go-waku/waku/v2/protocol/lightpush/pb"
	metadata "github.com/waku-org/go-waku/waku/v2/protocol/metadata/pb"
	message "github.com/waku-org/go-waku/waku/v2/protocol/pb"
	peer_exchange "github.com/waku-org/go-waku/waku/v2/protocol/peer_exchange/pb"
	store "github.com/waku-org/go-waku/waku/v2/protocol/store/pb"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

var classes = map[string]proto.Message{
	"message":                   &message.WakuMessage{},
	"store_request":             &store.StoreQueryRequest{},
	"store_response":            &store.StoreQueryResponse{},
	"legacy_store_request":      &legacy_store.HistoryRPC{},
	"legacy_store_response":     &legacy_store.HistoryRPC{},
	"filter_request":            &filter.FilterSubscribeRequest{},
	"filter_response":           &filter.FilterSubscribeResponse{},
	"filter_push":               &filter.MessagePush{},
	"legacy_lightpush_request":  &lightpush.PushRpc{},
	"legacy_lightpush_response": &lightpush.PushRpc{},
	"metadata_request":          &metadata.WakuMetadataRequest{},
	"metadata_response":         &metadata.WakuMetadataResponse{},
	"peer_exchange_request":     &peer_exchange.PeerExchangeRPC{},
	"peer_exchange_response":    &peer_exchange.PeerExchangeRPC{},
}

type record struct {
	Kind         string         `json:"kind"`
	Frame        *string        `json:"frame"`
	Fields       map[string]any `json:"fields"`
	Send         map[string]any `json:"send"`
	HashTopic    *string        `json:"hash_topic"`
	ContentTopic *string        `json:"content_topic"`
	ShardTopic   *string        `json:"shard_topic"`
	ShardCount   int            `json:"shard_count"`
}

// go-waku's message as the records have it.
func plain(from protoreflect.Message) map[string]any {
	fields := from.Descriptor().Fields()
	made := make(map[string]any, fields.Len())
	for index := 0; index < fields.Len(); index++ {
		field := fields.Get(index)
		name := string(field.Name())
		switch {
		case field.IsList():
			list := from.Get(field).List()
			values := make([]any, list.Len())
			for place := range values {
				values[place] = plainValue(field, list.Get(place))
			}
			made[name] = values
		case field.HasPresence() && !from.Has(field):
			made[name] = nil
		default:
			made[name] = plainValue(field, from.Get(field))
		}
	}
	return made
}

func plainValue(field protoreflect.FieldDescriptor, value protoreflect.Value) any {
	switch field.Kind() {
	case protoreflect.BytesKind:
		return map[string]any{"hex": hex.EncodeToString(value.Bytes())}
	case protoreflect.Sint64Kind:
		return map[string]any{"int": strconv.FormatInt(value.Int(), 10)}
	case protoreflect.Uint64Kind:
		return map[string]any{"int": strconv.FormatUint(value.Uint(), 10)}
	case protoreflect.Uint32Kind:
		return json.Number(strconv.FormatUint(value.Uint(), 10))
	case protoreflect.EnumKind:
		return json.Number(strconv.Itoa(int(value.Enum())))
	case protoreflect.StringKind:
		return value.String()
	case protoreflect.BoolKind:
		return value.Bool()
	case protoreflect.MessageKind:
		return plain(value.Message())
	}
	panic("a field of a new kind: " + string(field.FullName()))
}

// And back.
func build(fields map[string]any, target protoreflect.Message) {
	for name, value := range fields {
		field := target.Descriptor().Fields().ByName(protoreflect.Name(name))
		if field == nil {
			panic("no field " + name)
		}
		if value == nil {
			continue
		}
		if field.IsList() {
			list := target.Mutable(field).List()
			for _, each := range value.([]any) {
				list.Append(builtValue(field, each, list.NewElement))
			}
			continue
		}
		target.Set(field, builtValue(field, value, func() protoreflect.Value { return target.NewField(field) }))
	}
}

func builtValue(field protoreflect.FieldDescriptor, value any, fresh func() protoreflect.Value) protoreflect.Value {
	switch field.Kind() {
	case protoreflect.BytesKind:
		decoded := must(hex.DecodeString(value.(map[string]any)["hex"].(string)))
		return protoreflect.ValueOfBytes(decoded)
	case protoreflect.Sint64Kind:
		return protoreflect.ValueOfInt64(must(strconv.ParseInt(value.(map[string]any)["int"].(string), 10, 64)))
	case protoreflect.Uint64Kind:
		return protoreflect.ValueOfUint64(must(strconv.ParseUint(value.(map[string]any)["int"].(string), 10, 64)))
	case protoreflect.Uint32Kind:
		return protoreflect.ValueOfUint32(uint32(must(strconv.ParseUint(string(value.(json.Number)), 10, 32))))
	case protoreflect.EnumKind:
		number := must(strconv.ParseInt(string(value.(json.Number)), 10, 32))
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(number))
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(value.(string))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(value.(bool))
	case protoreflect.MessageKind:
		made := fresh()
		build(value.(map[string]any), made.Message())
		return made
	}
	panic("a field of a new kind: " + string(field.FullName()))
}

// What was not named has to be absent or a default.
func saysNothing(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case json.Number:
		return value == "0"
	case bool:
		return !value
	case []any:
		return len(value) == 0
	case map[string]any:
		return value["hex"] == "" || value["int"] == "0"
	}
	return false
}

func compare(wanted any, got any, path string, differences *[]string) {
	differ := func() {
		*differences = append(*differences, fmt.Sprintf("%s: %s, not %s", path, text(got), text(wanted)))
	}
	switch wanted := wanted.(type) {
	case map[string]any:
		got, same := got.(map[string]any)
		if !same {
			differ()
			return
		}
		inner := ""
		if path != "" {
			inner = path + "."
		}
		for name, value := range wanted {
			compare(value, got[name], inner+name, differences)
		}
		for name, value := range got {
			if _, named := wanted[name]; !named && !saysNothing(value) {
				*differences = append(*differences, inner+name+": "+text(value))
			}
		}
	case []any:
		got, same := got.([]any)
		if !same || len(got) != len(wanted) {
			differ()
			return
		}
		for index := range wanted {
			compare(wanted[index], got[index], path+"."+strconv.Itoa(index), differences)
		}
	default:
		if _, isMap := got.(map[string]any); isMap {
			differ()
		} else if _, isList := got.([]any); isList || wanted != got {
			differ()
		}
	}
}

func text(value any) string {
	return string(must(json.Marshal(value)))
}

func answer(asked record) string {
	if asked.ContentTopic != nil {
		topic, err := protocol.StringToContentTopic(*asked.ContentTopic)
		if err != nil {
			return "\trefused\t"
		}
		return "\t" + protocol.GetShardFromContentTopic(topic, asked.ShardCount).String() + "\t"
	}
	if asked.ShardTopic != nil {
		var shard protocol.StaticShardingPubsubTopic
		if shard.Parse(*asked.ShardTopic) != nil {
			return "\trefused\t"
		}
		return fmt.Sprintf("\t%d %d\t", shard.Cluster(), shard.Shard())
	}
	if asked.Kind == "relay" {
		return answerRelay(asked)
	}
	class := classes[asked.Kind].ProtoReflect()
	var differences []string
	hash := ""
	if asked.Frame != nil {
		frame := must(hex.DecodeString(*asked.Frame))
		decoded := class.New().Interface()
		rest := bytes.NewReader(frame)
		// By the reader that go-waku frames with.
		err := pbio.NewDelimitedReader(rest, math.MaxInt32).ReadMsg(decoded)
		if err != nil {
			differences = append(differences, "refused: "+strings.Join(strings.Fields(err.Error()), " "))
		} else {
			compare(asked.Fields, plain(decoded.ProtoReflect()), "", &differences)
		}
		if asked.HashTopic != nil {
			hash = hex.EncodeToString(decoded.(*message.WakuMessage).Hash(*asked.HashTopic).Bytes())
		}
	}
	sent := class.New()
	build(asked.Send, sent)
	var frame bytes.Buffer
	if err := pbio.NewDelimitedWriter(&frame).WriteMsg(sent.Interface()); err != nil {
		panic(err)
	}
	return hex.EncodeToString(frame.Bytes()) + "\t" + hash + "\t" + strings.Join(differences, "; ")
}

// A relayed message: gossipsub's RPC by the library's own classes and framing, and in its data go-waku's message.
func answerRelay(asked record) string {
	var differences []string
	if asked.Frame != nil {
		frame := must(hex.DecodeString(*asked.Frame))
		var rpc gossipsub.RPC
		if err := rpc.Unmarshal(must(msgio.NewVarintReaderSize(bytes.NewReader(frame), 1<<20).ReadMsg())); err != nil {
			differences = append(differences, "refused: "+strings.Join(strings.Fields(err.Error()), " "))
		} else {
			compare(asked.Fields, plainRelay(&rpc), "", &differences)
		}
	}
	rpc := gossipsub.RPC{}
	for _, each := range asked.Send["publish"].([]any) {
		sent := &message.WakuMessage{}
		build(each.(map[string]any)["data"].(map[string]any), sent.ProtoReflect())
		topic := each.(map[string]any)["topic"].(string)
		rpc.Publish = append(rpc.Publish, &gossipsub.Message{Data: must(proto.Marshal(sent)), Topic: &topic})
	}
	for _, each := range asked.Send["subscriptions"].([]any) {
		topic := each.(string)
		rpc.Subscriptions = append(rpc.Subscriptions, &gossipsub.RPC_SubOpts{Topicid: &topic})
	}
	var frame bytes.Buffer
	if err := msgio.NewVarintWriter(&frame).WriteMsg(must(rpc.Marshal())); err != nil {
		panic(err)
	}
	return hex.EncodeToString(frame.Bytes()) + "\t\t" + strings.Join(differences, "; ")
}

func plainRelay(rpc *gossipsub.RPC) map[string]any {
	subscriptions := []any{}
	for _, each := range rpc.Subscriptions {
		subscriptions = append(subscriptions, each.GetTopicid())
	}
	publish := []any{}
	for _, each := range rpc.Publish {
		data := &message.WakuMessage{}
		if err := proto.Unmarshal(each.Data, data); err != nil {
			panic(err)
		}
		made := map[string]any{"topic": nil, "data": plain(data.ProtoReflect())}
		if each.Topic != nil {
			made["topic"] = *each.Topic
		}
		for name, value := range map[string][]byte{
			"from": each.From, "seqno": each.Seqno, "signature": each.Signature, "key": each.Key,
		} {
			if value != nil {
				made[name] = "present: " + hex.EncodeToString(value)
			}
		}
		publish = append(publish, made)
	}
	return map[string]any{"subscriptions": subscriptions, "publish": publish, "control": rpc.Control != nil}
}

func must[Value any](value Value, err error) Value {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	input := must(os.Open(os.Args[1]))
	output := must(os.Create(os.Args[2]))
	answers := bufio.NewWriter(output)
	records := json.NewDecoder(bufio.NewReaderSize(input, 1<<20))
	records.UseNumber()
	for records.More() {
		var next record
		if err := records.Decode(&next); err != nil {
			panic(err)
		}
		if _, err := answers.WriteString(answer(next) + "\n"); err != nil {
			panic(err)
		}
	}
	if err := answers.Flush(); err != nil {
		panic(err)
	}
	if err := output.Close(); err != nil {
		panic(err)
	}
}
