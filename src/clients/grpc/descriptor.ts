// Generated from proto/*.proto by scripts/compile-proto.ts (npm run proto). Do not edit.
// The program reads this instead of .proto files, so that it works as one bundled file.
export const descriptor = {
  "nested": {
    "io": {
      "nested": {
        "cloudevents": {
          "nested": {
            "v1": {
              "nested": {
                "CloudEventService": {
                  "methods": {
                    "Publish": {
                      "requestType": "PublishRequest",
                      "responseType": "google.protobuf.Empty"
                    },
                    "Subscribe": {
                      "requestType": "SubscriptionRequest",
                      "responseType": "CloudEvent",
                      "responseStream": true
                    }
                  }
                },
                "PublishRequest": {
                  "fields": {
                    "event": {
                      "type": "CloudEvent",
                      "id": 1
                    }
                  }
                },
                "SubscriptionRequest": {
                  "fields": {
                    "source": {
                      "type": "string",
                      "id": 1
                    },
                    "cluster_name": {
                      "type": "string",
                      "id": 2
                    },
                    "data_type": {
                      "type": "string",
                      "id": 3
                    }
                  }
                },
                "CloudEvent": {
                  "oneofs": {
                    "data": {
                      "oneof": [
                        "binary_data",
                        "text_data",
                        "proto_data"
                      ]
                    }
                  },
                  "fields": {
                    "id": {
                      "type": "string",
                      "id": 1
                    },
                    "source": {
                      "type": "string",
                      "id": 2
                    },
                    "spec_version": {
                      "type": "string",
                      "id": 3
                    },
                    "type": {
                      "type": "string",
                      "id": 4
                    },
                    "attributes": {
                      "keyType": "string",
                      "type": "CloudEventAttributeValue",
                      "id": 5
                    },
                    "binary_data": {
                      "type": "bytes",
                      "id": 6
                    },
                    "text_data": {
                      "type": "string",
                      "id": 7
                    },
                    "proto_data": {
                      "type": "google.protobuf.Any",
                      "id": 8
                    }
                  }
                },
                "CloudEventAttributeValue": {
                  "oneofs": {
                    "attr": {
                      "oneof": [
                        "ce_boolean",
                        "ce_integer",
                        "ce_string",
                        "ce_bytes",
                        "ce_uri",
                        "ce_uri_ref",
                        "ce_timestamp"
                      ]
                    }
                  },
                  "fields": {
                    "ce_boolean": {
                      "type": "bool",
                      "id": 1
                    },
                    "ce_integer": {
                      "type": "int32",
                      "id": 2
                    },
                    "ce_string": {
                      "type": "string",
                      "id": 3
                    },
                    "ce_bytes": {
                      "type": "bytes",
                      "id": 4
                    },
                    "ce_uri": {
                      "type": "string",
                      "id": 5
                    },
                    "ce_uri_ref": {
                      "type": "string",
                      "id": 6
                    },
                    "ce_timestamp": {
                      "type": "google.protobuf.Timestamp",
                      "id": 7
                    }
                  }
                }
              }
            }
          }
        }
      }
    },
    "google": {
      "nested": {
        "protobuf": {
          "nested": {
            "Any": {
              "fields": {
                "type_url": {
                  "type": "string",
                  "id": 1
                },
                "value": {
                  "type": "bytes",
                  "id": 2
                }
              }
            },
            "Timestamp": {
              "fields": {
                "seconds": {
                  "type": "int64",
                  "id": 1
                },
                "nanos": {
                  "type": "int32",
                  "id": 2
                }
              }
            },
            "Empty": {
              "fields": {}
            }
          }
        }
      }
    }
  }
};
